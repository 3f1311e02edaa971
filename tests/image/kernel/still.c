// still THREAD SECONDS: holds one thread of a process still, as if it were stuck, for some seconds.
// A stop by signal would hold all of them; a tracer holds one. Static, so that it runs in any guest.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words)
{
	if (count != 3) {
		fprintf(stderr, "still THREAD SECONDS\n");
		return 2;
	}
	pid_t thread = atoi(words[1]);
	if (ptrace(PTRACE_SEIZE, thread, 0, 0) || ptrace(PTRACE_INTERRUPT, thread, 0, 0)) {
		perror("holding the thread");
		return 1;
	}
	if (waitpid(thread, NULL, __WALL) != thread) {
		perror("waiting for the thread");
		return 1;
	}
	puts("held");
	fflush(stdout);
	// A process that is killed meanwhile is not gone before its tracer has seen it.
	for (int tenths = 10 * atoi(words[2]); tenths > 0; tenths--) {
		int status;
		if (waitpid(thread, &status, __WALL | WNOHANG) == thread && !WIFSTOPPED(status))
			return 0;
		usleep(100000);
	}
	// Whoever traces lets go when it ends.
	return 0;
}
