/* Snowball's stemmers (libstemmer). The library has no .pc file, so the module map names what to link. */
#ifndef KASPI_CSTEMMER_SHIM_H
#define KASPI_CSTEMMER_SHIM_H

#include <libstemmer.h>

#endif
