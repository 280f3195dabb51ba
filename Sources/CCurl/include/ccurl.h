#pragma once

#include <curl/curl.h>

// Swift can't call variadic functions: one typed function for each shape of value.

typedef size_t (*ccurl_transfer_function)(char *data, size_t size, size_t count, void *context);
typedef int (*ccurl_debug_function)(CURL *handle, curl_infotype kind, char *data, size_t size, void *context);

CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_size(CURL *handle, CURLoption option, curl_off_t value);
CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode ccurl_set_transfer_function(CURL *handle, CURLoption option, ccurl_transfer_function value);
CURLcode ccurl_set_debug_function(CURL *handle, ccurl_debug_function value);

// Sockets are not inherited by child processes, which would keep a closed connection open.
CURLcode ccurl_close_on_exec(CURL *handle);

CURLcode ccurl_get_number(CURL *handle, CURLINFO info, long *value);

CURLMcode ccurl_multi_set_number(CURLM *handle, CURLMoption option, long value);
