/*
 * What it costs here that two processes wake each other, which every request to a filesystem in user space does.
 * Sends a byte through a pipe to a child that sends one back; prints microseconds a round trip.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 100000 };

static void echo(int from, int to) {
  char byte;
  while (read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1) {
  }
  _exit(0);
}

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(void) {
  int there[2], back[2];
  char byte = 0;
  if (pipe(there) || pipe(back)) {
    perror("round-trip");
    return 1;
  }
  pid_t child = fork();
  if (child < 0) {
    perror("round-trip: fork");
    return 1;
  }
  if (child == 0) {
    close(there[1]); /* or it would never see the end of the parent */
    close(back[0]);
    echo(there[0], back[1]);
  }
  double start = microseconds();
  for (int round = 0; round < ROUNDS; round++) {
    if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) {
      perror("round-trip");
      return 1;
    }
  }
  printf("%.1f\n", (microseconds() - start) / ROUNDS);
  return 0;
}
