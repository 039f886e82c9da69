// What Swift cannot take from libxml2's headers, and nothing else.
#ifndef CXML_SHIM_H
#define CXML_SHIM_H

// Debian builds libxml2 with ICU, and ICU's headers clash with the ones inside Foundation.
// The version header is read first, then the switch goes off, then the rest follows.
// It hides the last fields of xmlCharEncodingHandler: never hold that struct by value.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlwriter.h>

// xmlFree is a mutable global, which Swift 6 refuses.
static inline void shim_xml_free(void *pointer) { xmlFree(pointer); }

// No document may name another file: every request for one is refused, whatever the parse options say.
static xmlParserInputPtr shim_xml_refuse_entity(const char *url, const char *id, xmlParserCtxtPtr context) {
  (void)url;
  (void)id;
  (void)context;
  return NULL;
}
static inline void shim_xml_refuse_external_entities(void) {
  xmlSetExternalEntityLoader(shim_xml_refuse_entity);
}

// libxml2 prints to stderr on its own; a null handler would bring that back, so an empty one is set.
// The handler is kept per thread: for the calling one, and as the default of those to come.
static void shim_xml_ignore_message(void *context, const char *format, ...) {
  (void)context;
  (void)format;
}
// The error pointer became const in 2.12, so the type of the handler is libxml2's own.
#if LIBXML_VERSION >= 21200
static void shim_xml_ignore_error(void *context, const xmlError *error) {
#else
static void shim_xml_ignore_error(void *context, xmlError *error) {
#endif
  (void)context;
  (void)error;
}
static inline void shim_xml_silence_thread(void) {
  xmlSetGenericErrorFunc(NULL, shim_xml_ignore_message);
  xmlSetStructuredErrorFunc(NULL, shim_xml_ignore_error);
}
static inline void shim_xml_silence_new_threads(void) {
  xmlThrDefSetGenericErrorFunc(NULL, shim_xml_ignore_message);
  xmlThrDefSetStructuredErrorFunc(NULL, shim_xml_ignore_error);
}
static inline int shim_xml_thread_is_silent(void) {
  return xmlGenericError == shim_xml_ignore_message && xmlStructuredError == shim_xml_ignore_error;
}

// Opens a file for reading; the descriptor, or minus the error number.
static inline int shim_open_for_reading(const char *path) {
  int descriptor;
  do {
    descriptor = open(path, O_RDONLY | O_CLOEXEC);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor < 0 ? -errno : descriptor;
}
// Reads some bytes; their number, 0 at the end, or minus the error number.
static inline long shim_read_some(int descriptor, void *buffer, unsigned long count) {
  long received;
  do {
    received = read(descriptor, buffer, count);
  } while (received < 0 && errno == EINTR);
  return received < 0 ? -errno : received;
}
static inline void shim_close(int descriptor) { close(descriptor); }
// The words for an error number; kept per thread by the C library.
static inline const char *shim_error_text(int number) { return strerror(number); }

#endif
