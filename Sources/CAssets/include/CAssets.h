#ifndef CASSETS_H
#define CASSETS_H

#include <stddef.h>

/// One file of the web pages, embedded in the program: templates, styles, scripts, icons.
typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t count;
} CAsset;

/// How many files there are.
size_t cassets_count(void);
/// The file at `index`, which must be less than the count.
CAsset cassets_at(size_t index);

#endif
