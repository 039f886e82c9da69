/* What Swift cannot import from libcurl: the variadic calls, one typed wrapper for each kind of argument,
   the result out of a union, and the two callbacks of a transfer. The callbacks are C so that nothing
   calls into Swift for every piece of a body. */
#ifndef KASPI_CCURL_SHIM_H
#define KASPI_CCURL_SHIM_H

#include "library.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

static inline CURLcode kc_set_long(CURL *easy, CURLoption option, long value) {
  return KC(curl_easy_setopt)(easy, option, value);
}
static inline CURLcode kc_set_size(CURL *easy, CURLoption option, long long value) {
  return KC(curl_easy_setopt)(easy, option, (curl_off_t)value);
}
static inline CURLcode kc_set_string(CURL *easy, CURLoption option, const char *value) {
  return KC(curl_easy_setopt)(easy, option, value);
}
static inline CURLcode kc_set_pointer(CURL *easy, CURLoption option, const void *value) {
  return KC(curl_easy_setopt)(easy, option, value);
}
/* libcurl copies the bytes; an empty body is not the same as none. */
static inline CURLcode kc_set_body(CURL *easy, const void *bytes, size_t count) {
  CURLcode code = KC(curl_easy_setopt)(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
  return code ? code : KC(curl_easy_setopt)(easy, CURLOPT_COPYPOSTFIELDS, count ? bytes : "");
}
static inline CURLcode kc_get_long(CURL *easy, CURLINFO info, long *value) {
  return KC(curl_easy_getinfo)(easy, info, value);
}
static inline CURLcode kc_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
  return KC(curl_easy_getinfo)(easy, info, value);
}
static inline CURLcode kc_get_string(CURL *easy, CURLINFO info, const char **value) {
  return KC(curl_easy_getinfo)(easy, info, (char **)value);
}
static inline CURLMcode kc_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return KC(curl_multi_setopt)(multi, option, value);
}
static inline CURLSHcode kc_share(CURLSH *share, curl_lock_data data) {
  return KC(curl_share_setopt)(share, CURLSHOPT_SHARE, data);
}

/* Names the calling thread; Glibc shows its own call only with _GNU_SOURCE. */
static inline void kc_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

/* The sockets that libcurl has open, so that a kept one can be looked at before it is used again. */
typedef struct {
  curl_socket_t socket;
  int local_port, remote_port;
} kc_socket;

/* What is known of one descriptor. */
typedef struct {
  unsigned char wanted; /* events that libcurl waits for */
  unsigned char known;  /* events that epoll was told */
  unsigned char own;    /* opened here, so that its closing is seen here too */
} kc_interest;

/* All sockets, and the waiting for them. */
typedef struct {
  int count, capacity;
  kc_socket *open;
  int epoll, bell;       /* `bell` interrupts the waiting */
  int room;              /* descriptors that `interest` has room for */
  kc_interest *interest; /* by descriptor */
} kc_sockets;

static inline void kc_sockets_free(kc_sockets *sockets) {
  if (sockets->epoll >= 0) close(sockets->epoll);
  if (sockets->bell >= 0) close(sockets->bell);
  free(sockets->interest);
  free(sockets->open);
  free(sockets);
}

static inline kc_sockets *kc_sockets_make(void) {
  kc_sockets *sockets = (kc_sockets *)calloc(1, sizeof(kc_sockets));
  if (!sockets) return NULL;
  sockets->epoll = epoll_create1(EPOLL_CLOEXEC);
  sockets->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct epoll_event bell = {.events = EPOLLIN, .data = {.fd = sockets->bell}};
  if (sockets->epoll < 0 || sockets->bell < 0 ||
      epoll_ctl(sockets->epoll, EPOLL_CTL_ADD, sockets->bell, &bell) != 0) {
    kc_sockets_free(sockets);
    return NULL;
  }
  return sockets;
}

static inline kc_interest *kc_interest_of(kc_sockets *sockets, curl_socket_t socket) {
  if (socket < 0) return NULL;
  if (socket >= sockets->room) {
    int wanted = socket * 2 + 64;
    kc_interest *moved = (kc_interest *)realloc(sockets->interest, (size_t)wanted * sizeof(kc_interest));
    if (!moved) return NULL;
    memset(moved + sockets->room, 0, (size_t)(wanted - sockets->room) * sizeof(kc_interest));
    sockets->interest = moved;
    sockets->room = wanted;
  }
  return &sockets->interest[socket];
}

static curl_socket_t kc_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  kc_sockets *sockets = (kc_sockets *)context;
  (void)purpose;
  curl_socket_t made = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (made == CURL_SOCKET_BAD) return made;
  kc_interest *interest = kc_interest_of(sockets, made);
  if (interest) *interest = (kc_interest){.own = 1};
  if (sockets->count == sockets->capacity) {
    int wanted = sockets->capacity * 2 + 16;
    void *moved = realloc(sockets->open, (size_t)wanted * sizeof(kc_socket));
    if (!moved) return made; /* not watched, but usable */
    sockets->open = (kc_socket *)moved;
    sockets->capacity = wanted;
  }
  kc_socket watched = {made, 0, 0};
  sockets->open[sockets->count++] = watched;
  return made;
}

static int kc_close_socket(void *context, curl_socket_t socket) {
  kc_sockets *sockets = (kc_sockets *)context;
  for (int i = 0; i < sockets->count; i++)
    if (sockets->open[i].socket == socket) sockets->open[i--] = sockets->open[--sockets->count];
  /* A descriptor that is closed leaves epoll by itself. */
  if (socket >= 0 && socket < sockets->room) sockets->interest[socket] = (kc_interest){0};
  return close(socket);
}

/* Told by libcurl which events of a socket it waits for. A socket of our own that it lets go of stays in epoll: most
   are asked again at once, and two calls of the system for each request are saved. */
static int kc_on_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *assigned) {
  kc_sockets *sockets = (kc_sockets *)context;
  (void)easy; (void)assigned;
  kc_interest *interest = kc_interest_of(sockets, socket);
  if (!interest) return -1;
  struct epoll_event event = {.events = 0, .data = {.fd = socket}};
  if (what & CURL_POLL_REMOVE) {
    interest->wanted = 0;
    if (interest->own || !interest->known) return 0;
    interest->known = 0;
    epoll_ctl(sockets->epoll, EPOLL_CTL_DEL, socket, &event);
    return 0;
  }
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  interest->wanted = (unsigned char)event.events;
  if (interest->known == interest->wanted) return 0;
  int first = interest->known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (epoll_ctl(sockets->epoll, first, socket, &event) != 0) {
    int other = first == EPOLL_CTL_ADD && errno == EEXIST   ? EPOLL_CTL_MOD
                : first == EPOLL_CTL_MOD && errno == ENOENT ? EPOLL_CTL_ADD
                                                            : 0;
    if (!other || epoll_ctl(sockets->epoll, other, socket, &event) != 0) return -1;
  }
  interest->known = interest->wanted;
  return 0;
}

static inline void kc_watch_multi(CURLM *multi, kc_sockets *sockets) {
  KC(curl_multi_setopt)(multi, CURLMOPT_SOCKETDATA, sockets);
  KC(curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, kc_on_socket);
}

/* Interrupts `kc_wait`; may be called from any thread as long as the sockets live. */
static inline void kc_ring(kc_sockets *sockets) {
  unsigned long long one = 1;
  ssize_t written = write(sockets->bell, &one, sizeof one);
  (void)written; /* a full counter has rung already */
}

/* Does what is due by time. */
static inline CURLMcode kc_perform_due(CURLM *multi) {
  long milliseconds = -1;
  int running = 0;
  CURLMcode code = KC(curl_multi_timeout)(multi, &milliseconds);
  if (code != CURLM_OK || milliseconds != 0) return code;
  return KC(curl_multi_socket_action)(multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

/* Waits until a socket is ready, something is due, the bell rings or `longest` milliseconds are over, and moves what
   can be moved then. */
static inline CURLMcode kc_wait(CURLM *multi, kc_sockets *sockets, long longest) {
  struct epoll_event events[64];
  long milliseconds = -1;
  int running = 0;
  CURLMcode code = KC(curl_multi_timeout)(multi, &milliseconds);
  if (code != CURLM_OK) return code;
  if (milliseconds < 0 || milliseconds > longest) milliseconds = longest;
  int count = epoll_wait(sockets->epoll, events, 64, (int)milliseconds);
  for (int i = 0; i < count; i++) {
    int socket = events[i].data.fd;
    if (socket == sockets->bell) {
      unsigned long long rung;
      ssize_t had = read(sockets->bell, &rung, sizeof rung);
      (void)had;
      continue;
    }
    if (socket >= sockets->room) continue;
    kc_interest *interest = &sockets->interest[socket];
    if (!interest->wanted) {
      /* Nobody asked: the server has closed a kept connection, or speaks out of turn. */
      interest->known = 0;
      epoll_ctl(sockets->epoll, EPOLL_CTL_DEL, socket, &events[i]);
      continue;
    }
    int ready = 0;
    if (events[i].events & EPOLLIN) ready |= CURL_CSELECT_IN;
    if (events[i].events & EPOLLOUT) ready |= CURL_CSELECT_OUT;
    /* An end or an error is found by whoever reads or writes next. */
    if (events[i].events & (EPOLLHUP | EPOLLERR))
      ready |= interest->wanted & EPOLLOUT ? CURL_CSELECT_IN | CURL_CSELECT_OUT : CURL_CSELECT_IN;
    code = KC(curl_multi_socket_action)(multi, socket, ready, &running);
    if (code != CURLM_OK) return code;
  }
  return CURLM_OK;
}

static inline int kc_port(const struct sockaddr_storage *address) {
  if (address->ss_family == AF_INET) return ntohs(((const struct sockaddr_in *)address)->sin_port);
  if (address->ss_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
  return 0;
}

/* Called when a connection is ready for a request. Bytes that wait on it answer nothing that was asked:
   such a connection is shut, and libcurl, finding it dead, takes a fresh one. */
static int kc_before_request(void *context, char *remote, char *local, int remote_port, int local_port) {
  kc_sockets *sockets = (kc_sockets *)context;
  (void)remote; (void)local;
  int found = -1;
  for (int i = 0; i < sockets->count; i++) {
    if (!sockets->open[i].local_port) {
      struct sockaddr_storage address;
      socklen_t size = sizeof address;
      if (getsockname(sockets->open[i].socket, (struct sockaddr *)&address, &size)) continue;
      sockets->open[i].local_port = kc_port(&address);
      size = sizeof address;
      if (getpeername(sockets->open[i].socket, (struct sockaddr *)&address, &size)) {
        sockets->open[i].local_port = 0;
        continue;
      }
      sockets->open[i].remote_port = kc_port(&address);
    }
    if (sockets->open[i].local_port != local_port || sockets->open[i].remote_port != remote_port) continue;
    if (found >= 0) return CURL_PREREQFUNC_OK; /* two that look alike: leave both alone */
    found = i;
  }
  char byte;
  if (found >= 0 && recv(sockets->open[found].socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
    shutdown(sockets->open[found].socket, SHUT_RDWR);
  return CURL_PREREQFUNC_OK;
}

static inline CURLcode kc_watch_sockets(CURL *easy, kc_sockets *sockets) {
  CURLcode code = KC(curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, sockets);
  if (!code) code = KC(curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, kc_open_socket);
  if (!code) code = KC(curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETDATA, sockets);
  if (!code) code = KC(curl_easy_setopt)(easy, CURLOPT_CLOSESOCKETFUNCTION, kc_close_socket);
  if (!code) code = KC(curl_easy_setopt)(easy, CURLOPT_PREREQDATA, sockets);
  return code;
}

/* Over TLS waiting bytes are ordinary (session tickets, HTTP/2 settings), so only plain ones are looked at. */
static inline CURLcode kc_look_before_request(CURL *easy, int yes) {
  return KC(curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, yes ? kc_before_request : (curl_prereq_callback)NULL);
}

/* Bytes that arrive, up to a limit. */
typedef struct {
  unsigned char *bytes;
  size_t count, capacity, limit;
} kc_buffer;

/* Why a callback ended a transfer. */
enum { KC_FINE = 0, KC_BODY_TOO_LARGE = 1, KC_HEAD_TOO_LARGE = 2, KC_NO_MEMORY = 3, KC_BAD_PACKING = 4 };

/* How a body is packed. */
enum { KC_PLAIN = 0, KC_GZIP = 1, KC_DEFLATE = 2, KC_FOREIGN = 3 };

/* What belongs to one easy handle for its whole life. */
typedef struct {
  CURL *easy;
  struct curl_slist *lines;      /* request header lines; libcurl does not copy them */
  kc_buffer body;                /* after decompression */
  kc_buffer head;                /* header lines of the last answer, interim ones dropped */
  size_t head_total;             /* header bytes of all answers and trailers together */
  int head_complete;             /* the blank line was seen */
  int verdict;                   /* why a callback ended it */
  int packing;                   /* as the last answer said */
  int has_stream;                /* whether `stream` was made */
  int unpacking;                 /* 0: no byte yet, 1: under way, 2: came to its end */
  z_stream stream;
  long number;                   /* which slot this is */
  char error[CURL_ERROR_SIZE];
} kc_transfer;

static inline int kc_append(kc_buffer *buffer, const void *bytes, size_t count) {
  if (count > buffer->capacity - buffer->count) {
    size_t wanted = (buffer->count + count) * 2;
    /* The callers have held the limit; room beyond it would never be used. */
    if (wanted > buffer->limit) wanted = buffer->limit > buffer->count + count ? buffer->limit : buffer->count + count;
    void *moved = realloc(buffer->bytes, wanted);
    if (!moved) return 0;
    buffer->bytes = (unsigned char *)moved;
    buffer->capacity = wanted;
  }
  memcpy(buffer->bytes + buffer->count, bytes, count);
  buffer->count += count;
  return 1;
}

/* Keeps bytes of the body; 0 when there are too many. */
static inline int kc_keep(kc_transfer *transfer, const void *bytes, size_t count) {
  if (count > transfer->body.limit - transfer->body.count) {
    transfer->verdict = KC_BODY_TOO_LARGE;
    return 0;
  }
  if (kc_append(&transfer->body, bytes, count)) return 1;
  transfer->verdict = KC_NO_MEMORY;
  return 0;
}

/* Makes the stream ready for a new body; zlib's own header is looked for, since many leave it out. */
static inline int kc_start_unpacking(kc_transfer *transfer, const unsigned char *bytes, size_t count) {
  int window = 15 + 32; /* gzip or zlib, whichever comes */
  if (transfer->packing == KC_DEFLATE && count >= 2 &&
      ((bytes[0] & 15) != 8 || (bytes[0] * 256 + bytes[1]) % 31 != 0))
    window = -15;
  int code = transfer->has_stream ? inflateReset2(&transfer->stream, window)
                                  : inflateInit2(&transfer->stream, window);
  if (code != Z_OK) {
    transfer->verdict = code == Z_MEM_ERROR ? KC_NO_MEMORY : KC_BAD_PACKING;
    return 0;
  }
  transfer->has_stream = 1;
  transfer->unpacking = 1;
  return 1;
}

/* libcurl can unpack by itself, but takes a packed body that stops halfway for a whole one. */
static inline int kc_unpack(kc_transfer *transfer, const unsigned char *bytes, size_t count) {
  unsigned char piece[32 << 10];
  z_stream *stream = &transfer->stream;
  if (transfer->unpacking == 0 && !kc_start_unpacking(transfer, bytes, count)) return 0;
  stream->next_in = (unsigned char *)bytes;
  stream->avail_in = (uInt)count;
  do {
    if (transfer->unpacking == 2) {
      /* A gzip body may have several members; anything else behind the end is no part of it. */
      if (stream->avail_in == 0 || transfer->packing != KC_GZIP || stream->next_in[0] != 0x1f) return 1;
      if (inflateReset(stream) != Z_OK) return 0;
      transfer->unpacking = 1;
    }
    stream->next_out = piece;
    stream->avail_out = sizeof piece;
    int code = inflate(stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      transfer->verdict = code == Z_MEM_ERROR ? KC_NO_MEMORY : KC_BAD_PACKING;
      return 0;
    }
    if (!kc_keep(transfer, piece, sizeof piece - stream->avail_out)) return 0;
    if (code == Z_STREAM_END) transfer->unpacking = 2;
    else if (code == Z_BUF_ERROR) return 1;
  } while (stream->avail_in > 0 || stream->avail_out == 0);
  return 1;
}

/* Counts unpacked bytes; anything but the full count ends the transfer. */
static size_t kc_take_body(char *bytes, size_t size, size_t count, void *context) {
  kc_transfer *transfer = (kc_transfer *)context;
  size_t length = size * count;
  if (length == 0) return 0;
  if (transfer->packing == KC_FOREIGN) {
    transfer->verdict = KC_BAD_PACKING;
    return 0;
  }
  int fine = transfer->packing == KC_PLAIN ? kc_keep(transfer, bytes, length)
                                           : kc_unpack(transfer, (const unsigned char *)bytes, length);
  return fine ? length : 0;
}

/* Whether a packed body stopped before its end. */
static inline int kc_is_cut(const kc_transfer *transfer) { return transfer->unpacking == 1; }

/* Reads `Content-Encoding`. */
static inline void kc_note_packing(kc_transfer *transfer, const char *line, size_t length) {
  static const char name[] = "content-encoding:";
  size_t start = sizeof name - 1;
  if (length < start || strncasecmp(line, name, start) != 0) return;
  while (start < length && (line[start] == ' ' || line[start] == '\t')) start++;
  while (length > start && strchr(" \t\r\n", line[length - 1])) length--;
  const char *value = line + start;
  size_t size = length - start;
  if (size == 0 || (size == 8 && strncasecmp(value, "identity", 8) == 0)) return;
  if ((size == 4 && strncasecmp(value, "gzip", 4) == 0) || (size == 6 && strncasecmp(value, "x-gzip", 6) == 0))
    transfer->packing = KC_GZIP;
  else
    transfer->packing = size == 7 && strncasecmp(value, "deflate", 7) == 0 ? KC_DEFLATE : KC_FOREIGN;
}

/* Keeps the header lines of the last answer; a status line starts anew, trailers are only counted. */
static size_t kc_take_head(char *bytes, size_t size, size_t count, void *context) {
  kc_transfer *transfer = (kc_transfer *)context;
  size_t length = size * count;
  int starts = length >= 5 && memcmp(bytes, "HTTP/", 5) == 0;
  if (length > transfer->head.limit - transfer->head_total) {
    transfer->verdict = KC_HEAD_TOO_LARGE;
    return 0;
  }
  transfer->head_total += length;
  if (starts && (transfer->head_complete || transfer->head.count == 0)) {
    transfer->head.count = 0;
    transfer->head_complete = 0;
    transfer->packing = KC_PLAIN;
    return length;
  }
  if (transfer->head_complete) return length;
  if (length <= 2 && (bytes[0] == '\r' || bytes[0] == '\n')) {
    transfer->head_complete = 1;
    return length;
  }
  kc_note_packing(transfer, bytes, length);
  if (!kc_append(&transfer->head, bytes, length)) {
    transfer->verdict = KC_NO_MEMORY;
    return 0;
  }
  return length;
}

/* Makes an easy handle with its buffers, or gives NULL. */
static inline kc_transfer *kc_transfer_make(long number) {
  kc_transfer *transfer = (kc_transfer *)calloc(1, sizeof(kc_transfer));
  if (!transfer) return NULL;
  transfer->number = number;
  transfer->easy = KC(curl_easy_init)();
  if (!transfer->easy) {
    free(transfer);
    return NULL;
  }
  KC(curl_easy_setopt)(transfer->easy, CURLOPT_WRITEFUNCTION, kc_take_body);
  KC(curl_easy_setopt)(transfer->easy, CURLOPT_WRITEDATA, transfer);
  KC(curl_easy_setopt)(transfer->easy, CURLOPT_HEADERFUNCTION, kc_take_head);
  KC(curl_easy_setopt)(transfer->easy, CURLOPT_HEADERDATA, transfer);
  KC(curl_easy_setopt)(transfer->easy, CURLOPT_ERRORBUFFER, transfer->error);
  KC(curl_easy_setopt)(transfer->easy, CURLOPT_PRIVATE, transfer);
  return transfer;
}

/* Forgets the last answer; a buffer that grew beyond `keep` bytes is given back. */
static inline void kc_transfer_clear(kc_transfer *transfer, size_t keep) {
  kc_buffer *buffers[2] = {&transfer->body, &transfer->head};
  for (int i = 0; i < 2; i++) {
    buffers[i]->count = 0;
    if (buffers[i]->capacity > keep) {
      free(buffers[i]->bytes);
      buffers[i]->bytes = NULL;
      buffers[i]->capacity = 0;
    }
  }
  transfer->head_total = 0;
  transfer->head_complete = 0;
  transfer->verdict = KC_FINE;
  transfer->packing = KC_PLAIN;
  transfer->unpacking = 0;
  transfer->error[0] = 0;
  KC(curl_easy_setopt)(transfer->easy, CURLOPT_HTTPHEADER, NULL);
  KC(curl_slist_free_all)(transfer->lines);
  transfer->lines = NULL;
}

/* Adds one request header line; 0 when memory is out. */
static inline int kc_transfer_add_line(kc_transfer *transfer, const char *line) {
  struct curl_slist *longer = KC(curl_slist_append)(transfer->lines, line);
  if (!longer) return 0;
  transfer->lines = longer;
  return 1;
}

static inline void kc_transfer_free(kc_transfer *transfer) {
  kc_transfer_clear(transfer, 0);
  if (transfer->has_stream) inflateEnd(&transfer->stream);
  KC(curl_easy_cleanup)(transfer->easy);
  free(transfer);
}

static inline const char *kc_transfer_error(const kc_transfer *transfer) { return transfer->error; }

/* Takes the next finished transfer, or gives NULL. */
static inline kc_transfer *kc_next_finished(CURLM *multi, CURLcode *result) {
  int left = 0;
  for (CURLMsg *message; (message = KC(curl_multi_info_read)(multi, &left));) {
    if (message->msg != CURLMSG_DONE) continue;
    char *transfer = NULL;
    *result = message->data.result;
    KC(curl_easy_getinfo)(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    return (kc_transfer *)(void *)transfer;
  }
  return NULL;
}

#endif
