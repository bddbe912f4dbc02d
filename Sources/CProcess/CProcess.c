#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
/// To be called once it runs: nothing of it has done much by then. 0, or the error, which is none where it has ended already.
static int bound(pid_t process, int resource, unsigned long most) {
    struct rlimit limit = {most, most};
    return prlimit(process, resource, &limit, NULL) == 0 || errno == ESRCH ? 0 : errno;
}

static int open_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

static void close_others(posix_spawn_file_actions_t *actions) { posix_spawn_file_actions_addclosefrom_np(actions, 3); }

static const short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP;
#else
static int bound(pid_t process, int resource, unsigned long most) { return 0; }

static int open_pipe(int ends[2]) { return pipe(ends); }

static void close_others(posix_spawn_file_actions_t *actions) {}

static const short flags =
    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif

static void close_both(int ends[2]) {
    close(ends[0]);
    close(ends[1]);
}

int martlet_start(
    const char *path, char *const arguments[], char *const variables[], unsigned long seconds, unsigned long bytes,
    int *output, int *messages) {
    int out[2], err[2];
    if (open_pipe(out) != 0) return -errno;
    if (open_pipe(err) != 0) {
        int code = errno;
        close_both(out);
        return -code;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    close_others(&actions);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, flags);
    pid_t process = 0;
    int code = posix_spawn(&process, path, &actions, &attributes, arguments, variables);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (code != 0) {
        close_both(out);
        close_both(err);
        return -code;
    }
    close(out[1]);
    close(err[1]);
    code = bound(process, RLIMIT_CPU, seconds);
    if (code == 0) code = bound(process, RLIMIT_DATA, bytes);
    if (code == 0) code = bound(process, RLIMIT_CORE, 0);
    if (code != 0) {
        // Without its bounds it is not to run.
        kill(-process, SIGKILL);
        waitpid(process, NULL, 0);
        close(out[0]);
        close(err[0]);
        return -code;
    }
    *output = out[0];
    *messages = err[0];
    return process;
}

static volatile sig_atomic_t stop_signal_has_come;

static void note_stop_signal(int number) {
    (void)number;
    stop_signal_has_come = 1;
}

void martlet_note_stop_signals(void) {
    struct sigaction action = {.sa_handler = note_stop_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int martlet_stop_signal_has_come(void) { return stop_signal_has_come; }
