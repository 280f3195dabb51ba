#include "CAssets.h"

// #embed is C23; every clang that comes with a Swift 6 toolchain for Linux knows it in older modes, too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char tokens_css[] = {
#embed "Styles/tokens.css"
};
static const unsigned char favicon_svg[] = {
#embed "Styles/favicon.svg"
};
static const unsigned char chat_js[] = {
#embed "Scripts/chat.js"
};
static const unsigned char site_js[] = {
#embed "Scripts/site.js"
};
static const unsigned char theme_js[] = {
#embed "Scripts/theme.js"
};
static const unsigned char chat_mustache[] = {
#embed "Templates/chat.mustache"
};
static const unsigned char home_mustache[] = {
#embed "Templates/home.mustache"
};
static const unsigned char icons_mustache[] = {
#embed "Templates/icons.mustache"
};
static const unsigned char layout_mustache[] = {
#embed "Templates/layout.mustache"
};
static const unsigned char login_mustache[] = {
#embed "Templates/login.mustache"
};
static const unsigned char logo_mustache[] = {
#embed "Templates/logo.mustache"
};
static const unsigned char notice_mustache[] = {
#embed "Templates/notice.mustache"
};
static const unsigned char profile_mustache[] = {
#embed "Templates/profile.mustache"
};
static const unsigned char signup_mustache[] = {
#embed "Templates/signup.mustache"
};
static const unsigned char site_mustache[] = {
#embed "Templates/site.mustache"
};

#define FILE_NAMED(name, bytes) { name, bytes, sizeof bytes }

// The styles are joined in this order.
static const CAsset assets[] = {
    FILE_NAMED("tokens.css", tokens_css),
    FILE_NAMED("favicon.svg", favicon_svg),
    FILE_NAMED("chat.js", chat_js),
    FILE_NAMED("site.js", site_js),
    FILE_NAMED("theme.js", theme_js),
    FILE_NAMED("chat.mustache", chat_mustache),
    FILE_NAMED("home.mustache", home_mustache),
    FILE_NAMED("icons.mustache", icons_mustache),
    FILE_NAMED("layout.mustache", layout_mustache),
    FILE_NAMED("login.mustache", login_mustache),
    FILE_NAMED("logo.mustache", logo_mustache),
    FILE_NAMED("notice.mustache", notice_mustache),
    FILE_NAMED("profile.mustache", profile_mustache),
    FILE_NAMED("signup.mustache", signup_mustache),
    FILE_NAMED("site.mustache", site_mustache),
};

size_t cassets_count(void) {
    return sizeof assets / sizeof *assets;
}

CAsset cassets_at(size_t index) {
    return assets[index];
}
