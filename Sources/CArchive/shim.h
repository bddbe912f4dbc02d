#ifndef MARTLET_CARCHIVE_H
#define MARTLET_CARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#endif
