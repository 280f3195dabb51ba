#include "CAssets.h"

// #embed is C23; every clang that comes with a Swift 6 toolchain for Linux knows it in older modes, too.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char tokens_css[] = {
#embed "Styles/tokens.css"
};
static const unsigned char base_css[] = {
#embed "Styles/base.css"
};
static const unsigned char controls_css[] = {
#embed "Styles/controls.css"
};
static const unsigned char site_css[] = {
#embed "Styles/site.css"
};
static const unsigned char shell_css[] = {
#embed "Styles/shell.css"
};
static const unsigned char sidebar_css[] = {
#embed "Styles/sidebar.css"
};
static const unsigned char thread_css[] = {
#embed "Styles/thread.css"
};
static const unsigned char message_css[] = {
#embed "Styles/message.css"
};
static const unsigned char composer_css[] = {
#embed "Styles/composer.css"
};
static const unsigned char overlays_css[] = {
#embed "Styles/overlays.css"
};
static const unsigned char favicon_svg[] = {
#embed "Styles/favicon.svg"
};
static const unsigned char answer_actions_js[] = {
#embed "Scripts/answer-actions.js"
};
static const unsigned char answer_js[] = {
#embed "Scripts/answer.js"
};
static const unsigned char api_js[] = {
#embed "Scripts/api.js"
};
static const unsigned char asking_js[] = {
#embed "Scripts/asking.js"
};
static const unsigned char auth_form_js[] = {
#embed "Scripts/auth-form.js"
};
static const unsigned char branch_js[] = {
#embed "Scripts/branch.js"
};
static const unsigned char chat_js[] = {
#embed "Scripts/chat.js"
};
static const unsigned char citations_js[] = {
#embed "Scripts/citations.js"
};
static const unsigned char clipboard_js[] = {
#embed "Scripts/clipboard.js"
};
static const unsigned char code_block_js[] = {
#embed "Scripts/code-block.js"
};
static const unsigned char composer_js[] = {
#embed "Scripts/composer.js"
};
static const unsigned char connection_js[] = {
#embed "Scripts/connection.js"
};
static const unsigned char controls_js[] = {
#embed "Scripts/controls.js"
};
static const unsigned char conversation_item_js[] = {
#embed "Scripts/conversation-item.js"
};
static const unsigned char conversation_list_js[] = {
#embed "Scripts/conversation-list.js"
};
static const unsigned char dom_js[] = {
#embed "Scripts/dom.js"
};
static const unsigned char drawer_js[] = {
#embed "Scripts/drawer.js"
};
static const unsigned char edit_in_place_js[] = {
#embed "Scripts/edit-in-place.js"
};
static const unsigned char empty_js[] = {
#embed "Scripts/empty.js"
};
static const unsigned char feedback_js[] = {
#embed "Scripts/feedback.js"
};
static const unsigned char live_markdown_js[] = {
#embed "Scripts/live-markdown.js"
};
static const unsigned char menu_js[] = {
#embed "Scripts/menu.js"
};
static const unsigned char passage_js[] = {
#embed "Scripts/passage.js"
};
static const unsigned char place_js[] = {
#embed "Scripts/place.js"
};
static const unsigned char run_poll_js[] = {
#embed "Scripts/run-poll.js"
};
static const unsigned char run_stream_js[] = {
#embed "Scripts/run-stream.js"
};
static const unsigned char run_words_js[] = {
#embed "Scripts/run-words.js"
};
static const unsigned char run_js[] = {
#embed "Scripts/run.js"
};
static const unsigned char scroll_js[] = {
#embed "Scripts/scroll.js"
};
static const unsigned char shortcuts_js[] = {
#embed "Scripts/shortcuts.js"
};
static const unsigned char site_js[] = {
#embed "Scripts/site.js"
};
static const unsigned char smooth_text_js[] = {
#embed "Scripts/smooth-text.js"
};
static const unsigned char sources_js[] = {
#embed "Scripts/sources.js"
};
static const unsigned char storage_js[] = {
#embed "Scripts/storage.js"
};
static const unsigned char theme_switch_js[] = {
#embed "Scripts/theme-switch.js"
};
static const unsigned char theme_js[] = {
#embed "Scripts/theme.js"
};
static const unsigned char thread_js[] = {
#embed "Scripts/thread.js"
};
static const unsigned char time_js[] = {
#embed "Scripts/time.js"
};
static const unsigned char title_js[] = {
#embed "Scripts/title.js"
};
static const unsigned char toast_js[] = {
#embed "Scripts/toast.js"
};
static const unsigned char user_message_js[] = {
#embed "Scripts/user-message.js"
};
static const unsigned char verification_js[] = {
#embed "Scripts/verification.js"
};
static const unsigned char version_switch_js[] = {
#embed "Scripts/version-switch.js"
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
static const unsigned char password_reset_mustache[] = {
#embed "Templates/password-reset.mustache"
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
    FILE_NAMED("base.css", base_css),
    FILE_NAMED("controls.css", controls_css),
    FILE_NAMED("site.css", site_css),
    FILE_NAMED("shell.css", shell_css),
    FILE_NAMED("sidebar.css", sidebar_css),
    FILE_NAMED("thread.css", thread_css),
    FILE_NAMED("message.css", message_css),
    FILE_NAMED("composer.css", composer_css),
    FILE_NAMED("overlays.css", overlays_css),
    FILE_NAMED("favicon.svg", favicon_svg),
    FILE_NAMED("answer-actions.js", answer_actions_js),
    FILE_NAMED("answer.js", answer_js),
    FILE_NAMED("api.js", api_js),
    FILE_NAMED("asking.js", asking_js),
    FILE_NAMED("auth-form.js", auth_form_js),
    FILE_NAMED("branch.js", branch_js),
    FILE_NAMED("chat.js", chat_js),
    FILE_NAMED("citations.js", citations_js),
    FILE_NAMED("clipboard.js", clipboard_js),
    FILE_NAMED("code-block.js", code_block_js),
    FILE_NAMED("composer.js", composer_js),
    FILE_NAMED("connection.js", connection_js),
    FILE_NAMED("controls.js", controls_js),
    FILE_NAMED("conversation-item.js", conversation_item_js),
    FILE_NAMED("conversation-list.js", conversation_list_js),
    FILE_NAMED("dom.js", dom_js),
    FILE_NAMED("drawer.js", drawer_js),
    FILE_NAMED("edit-in-place.js", edit_in_place_js),
    FILE_NAMED("empty.js", empty_js),
    FILE_NAMED("feedback.js", feedback_js),
    FILE_NAMED("live-markdown.js", live_markdown_js),
    FILE_NAMED("menu.js", menu_js),
    FILE_NAMED("passage.js", passage_js),
    FILE_NAMED("place.js", place_js),
    FILE_NAMED("run-poll.js", run_poll_js),
    FILE_NAMED("run-stream.js", run_stream_js),
    FILE_NAMED("run-words.js", run_words_js),
    FILE_NAMED("run.js", run_js),
    FILE_NAMED("scroll.js", scroll_js),
    FILE_NAMED("shortcuts.js", shortcuts_js),
    FILE_NAMED("site.js", site_js),
    FILE_NAMED("smooth-text.js", smooth_text_js),
    FILE_NAMED("sources.js", sources_js),
    FILE_NAMED("storage.js", storage_js),
    FILE_NAMED("theme-switch.js", theme_switch_js),
    FILE_NAMED("theme.js", theme_js),
    FILE_NAMED("thread.js", thread_js),
    FILE_NAMED("time.js", time_js),
    FILE_NAMED("title.js", title_js),
    FILE_NAMED("toast.js", toast_js),
    FILE_NAMED("user-message.js", user_message_js),
    FILE_NAMED("verification.js", verification_js),
    FILE_NAMED("version-switch.js", version_switch_js),
    FILE_NAMED("chat.mustache", chat_mustache),
    FILE_NAMED("home.mustache", home_mustache),
    FILE_NAMED("icons.mustache", icons_mustache),
    FILE_NAMED("layout.mustache", layout_mustache),
    FILE_NAMED("login.mustache", login_mustache),
    FILE_NAMED("logo.mustache", logo_mustache),
    FILE_NAMED("notice.mustache", notice_mustache),
    FILE_NAMED("password-reset.mustache", password_reset_mustache),
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
