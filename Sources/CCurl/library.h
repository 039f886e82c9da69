/* libcurl, opened when the first client is made and not when the program starts.

   Together with what it needs itself it is three quarters of the libraries of a program here, and loading them takes
   longer than a search. Every function of it is called as KC(name), which finds it once for each place of a call. */
#ifndef KASPI_CCURL_LIBRARY_H
#define KASPI_CCURL_LIBRARY_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>

/* The name that libcurl has had since 2006, whatever it was built with. */
#define KC_LIBRARY "libcurl.so.4"

/* Finds a function, or gives NULL. Opening again only counts. */
static inline void *kc_find(const char *name) {
  void *library = dlopen(KC_LIBRARY, RTLD_LAZY | RTLD_LOCAL);
  return library ? dlsym(library, name) : (void *)0;
}

/* The function itself. Two threads may find it at once, which gives the same. */
#define KC(name) \
  ({ \
    static __typeof__(&name) kc_kept; \
    __typeof__(&name) kc_known = __atomic_load_n(&kc_kept, __ATOMIC_RELAXED); \
    if (!kc_known) { \
      kc_known = (__typeof__(&name))kc_find(#name); \
      __atomic_store_n(&kc_kept, kc_known, __ATOMIC_RELAXED); \
    } \
    kc_known; \
  })

/* Opens the library and makes it ready; the other functions may be called only after it gave CURLE_OK. */
static inline CURLcode kc_global_init(void) {
  static const char *const names[] = {
    "curl_easy_cleanup", "curl_easy_getinfo", "curl_easy_init", "curl_easy_setopt", "curl_easy_strerror",
    "curl_global_init", "curl_multi_add_handle", "curl_multi_cleanup", "curl_multi_info_read", "curl_multi_init",
    "curl_multi_remove_handle", "curl_multi_setopt", "curl_multi_socket_action", "curl_multi_strerror",
    "curl_multi_timeout", "curl_share_cleanup", "curl_share_init", "curl_share_setopt", "curl_slist_append",
    "curl_slist_free_all",
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!kc_find(names[i])) return CURLE_FAILED_INIT;
  return KC(curl_global_init)(CURL_GLOBAL_DEFAULT);
}

static inline CURL *kc_easy_init(void) { return KC(curl_easy_init)(); }
static inline void kc_easy_cleanup(CURL *easy) { KC(curl_easy_cleanup)(easy); }
static inline const char *kc_easy_error(CURLcode code) { return KC(curl_easy_strerror)(code); }
static inline CURLM *kc_multi_init(void) { return KC(curl_multi_init)(); }
static inline void kc_multi_cleanup(CURLM *multi) { KC(curl_multi_cleanup)(multi); }
static inline CURLMcode kc_multi_add(CURLM *multi, CURL *easy) { return KC(curl_multi_add_handle)(multi, easy); }
static inline CURLMcode kc_multi_remove(CURLM *multi, CURL *easy) {
  return KC(curl_multi_remove_handle)(multi, easy);
}
static inline const char *kc_multi_error(CURLMcode code) { return KC(curl_multi_strerror)(code); }
static inline CURLSH *kc_share_init(void) { return KC(curl_share_init)(); }
static inline void kc_share_cleanup(CURLSH *share) { KC(curl_share_cleanup)(share); }

#endif
