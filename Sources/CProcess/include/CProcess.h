#ifndef CPROCESS_H
#define CPROCESS_H

#include <sys/types.h>

/// Starts a program with nothing to read, in a group of processes of its own, with no other open files than the two pipes that it writes
/// to, no signal blocked or ignored, and within bounds. What this process reads of the pipes is closed in programs that it starts.
///
/// @param arguments the program's name first, NULL last.
/// @param variables NULL last.
/// @param seconds of the processor's time after which the system ends it.
/// @param bytes of memory that it may have, mapped files aside.
/// @param output,messages are set to the reading ends of what it writes to standard output and standard error.
/// @return its number, or -errno.
int martlet_start(
    const char *path, char *const arguments[], char *const variables[], unsigned long seconds, unsigned long bytes,
    int *output, int *messages);

/// From now on the signals that ask a program to end, SIGINT and SIGTERM, only leave a mark; what waits in the system goes on waiting.
void martlet_note_stop_signals(void);

/// True as soon as one has come.
int martlet_stop_signal_has_come(void);

#endif
