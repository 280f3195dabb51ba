# shellcheck shell=bash
# Shared by the scripts beside it: where things are, what `.env` says, and words to the person at the terminal.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

fail() {
    printf 'tern: %s\n' "$*" >&2
    exit 1
}

# setting NAME DEFAULT: the environment's value, else the one in .env, else the default.
setting() {
    local name=$1 line
    if [ -n "${!name+set}" ]; then
        printf '%s' "${!name}"
        return
    fi
    line=$(grep -E "^(export )?$name=" "${TERN_ENV_FILE:-$root/.env}" 2>/dev/null | tail -n 1)
    if [ -z "$line" ]; then
        printf '%s' "$2"
        return
    fi
    line=${line#*=}
    line=${line%$'\r'}
    case $line in
        \"*\") line=${line#\"} line=${line%\"} ;;
        \'*\') line=${line#\'} line=${line%\'} ;;
    esac
    printf '%s' "$line"
}

# data_dir: the absolute path of the folder that holds everything Tern writes.
data_dir() {
    local folder
    folder=$(setting DATA_DIR "$root/data")
    case $folder in
        /*) printf '%s' "$folder" ;;
        *) printf '%s/%s' "$PWD" "${folder#./}" ;;
    esac
}
