#ifndef LOCALCODE_CCURL_SHIM_H
#define LOCALCODE_CCURL_SHIM_H

#include <curl/curl.h>

/* What the thread around libcurl waits with; Swift's Glibc module leaves these out. */
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif

/* libcurl's option setters are variadic, which Swift cannot call: one typed door for each kind of argument. */

static inline CURLcode localcode_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode localcode_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode localcode_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode localcode_easy_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*localcode_bytes_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode localcode_easy_set_callback(CURL *easy, CURLoption option, localcode_bytes_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

typedef int (*localcode_seek_callback)(void *context, curl_off_t offset, int origin);

static inline CURLcode localcode_easy_set_seek(CURL *easy, localcode_seek_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, callback);
}

static inline CURLcode localcode_easy_set_open_socket(CURL *easy, curl_opensocket_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

static inline void *localcode_easy_private(CURL *easy) {
    void *value = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&value);
    return value;
}

static inline CURLMcode localcode_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode localcode_multi_set_callbacks(
    CURLM *multi, curl_socket_callback on_socket, curl_multi_timer_callback on_timer, void *context
) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}

static inline CURLcode localcode_message_result(const CURLMsg *message) { return message->data.result; }

#endif
