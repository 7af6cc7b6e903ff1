/* Plays both CRIU and the process that it restores, for tests of the page server.
 *
 * usage: lazy_target SOCKET PID BASE PAGES
 *
 * Maps PAGES pages at BASE, registers them with a userfaultfd and sends it over SOCKET as process PID. Then obeys
 * the commands on standard input, one a line, and answers each with a line: "ok", or what is wrong.
 * What page I must hold is want(I); see PageServerFixture.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096L
#define ZERO 1 /* states of a page */
#define CHANGING 2

static char *base;
static long pages;
static char **at;            /* where each page is now, or NULL */
static atomic_char *state;   /* whether it was thrown away */
static int sock, uffd;

static void fail(const char *what) { printf("%s: %s\n", what, strerror(errno)); fflush(stdout); exit(1); }

/* Zero pages, pages that occur often, pages that occur once. */
static uint64_t want(long i) {
  if (i % 16 == 5 || i / 64 % 8 == 6) return 0;
  return i / 64 % 4 == 3 ? 1000000 + i % 64 : 1 + i;
}

static int holds(const char *page, uint64_t id) {
  const uint64_t *words = (const uint64_t *) page;
  for (long k = 0; k < PAGE / 8; k++)
    if (words[k] != (id == 0 ? 0 : id * 0x9E3779B97F4A7C15u + k)) return 0;
  return 1;
}

static int check(long from, long to) {
  for (long i = from; i < to; i++) {
    if (at[i] == NULL) continue;
    uint64_t id = state[i] == ZERO ? 0 : want(i);
    if (!holds(at[i], id)) {
      printf("page %ld begins with %lx, expected id %lu\n", i, *(uint64_t *) at[i], id);
      return 0;
    }
  }
  return 1;
}

static void discard(long from, long to) {
  for (long i = from; i < to; i++) state[i] = CHANGING;
  if (madvise(at[from], (to - from) * PAGE, MADV_DONTNEED) != 0) fail("madvise");
  for (long i = from; i < to; i++) state[i] = ZERO;
}

static void move(long from, long to, char *target) {
  char *moved = mremap(at[from], (to - from) * PAGE, (to - from) * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target);
  if (moved == MAP_FAILED) fail("mremap");
  for (long i = 0; i < pages; i++) /* what was there is no more */
    if (at[i] >= moved && at[i] < moved + (to - from) * PAGE) at[i] = NULL;
  for (long i = from; i < to; i++) at[i] = moved + (i - from) * PAGE;
}

/* Touches pages in an order of its own while others throw pages away: each must hold the one or the other. */
static atomic_int stop, wrong;
static void *reader(void *seed) {
  unsigned r = (unsigned) (long) seed;
  while (!stop) {
    long i = rand_r(&r) % pages;
    char before = state[i];
    uint64_t first = *(volatile uint64_t *) at[i];
    char after = state[i];
    uint64_t id = want(i);
    uint64_t original = id == 0 ? 0 : id * 0x9E3779B97F4A7C15u;
    int is_zero = first == 0, is_original = first == original;
    if ((before == ZERO && !is_zero) || (after == 0 && !is_original) || (!is_zero && !is_original)) {
      printf("page %ld begins with %lx, states %d %d\n", i, first, before, after);
      wrong = 1;
    }
  }
  return NULL;
}

/* Throws every third run of a few pages away, and looks at once whether they are zeros. */
static int hammer(unsigned seed) {
  pthread_t threads[2];
  for (long t = 0; t < 2; t++) pthread_create(&threads[t], NULL, reader, (void *) (seed + t));
  for (long i = 0; i + 8 <= pages && !wrong; i += 1 + rand_r(&seed) % 12) {
    long n = 1 + rand_r(&seed) % 6;
    discard(i, i + n);
    if (!check(i, i + n)) wrong = 1;
  }
  stop = 1;
  for (int t = 0; t < 2; t++) pthread_join(threads[t], NULL);
  stop = 0;
  return !wrong && check(0, pages);
}

static void send_uffd(int pid) {
  if (write(sock, &pid, 4) != 4) fail("write");
  char control[CMSG_SPACE(sizeof(int))] = {0}, dummy = 0;
  struct iovec iov = {&dummy, 1};
  struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &uffd, sizeof uffd);
  if (sendmsg(sock, &message, 0) != 1) fail("sendmsg");
}

static void enter(void) {
  struct uffdio_register range = {.range = {(uintptr_t) base, pages * PAGE}, .mode = UFFDIO_REGISTER_MODE_MISSING};
  if (ioctl(uffd, UFFDIO_REGISTER, &range) != 0) fail("register");
}

static void finish(void) {
  uint32_t word = 0x52535446;
  if (write(sock, &word, 4) != 4) fail("write");
  close(uffd); /* as CRIU does */
  close(sock);
}

static int forked(const char *what) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    if (strcmp(what, "fork-discard") == 0) discard(1, 4);
    if (strcmp(what, "fork-twice") == 0) exit(forked("fork") ? 0 : 1);
    if (strcmp(what, "fork-sleep") == 0) { /* outlives its parent, and touches its memory */
      if (setsid() < 0) fail("setsid");
      for (long i = 0; i < pages; i++) { (void) *(volatile char *) at[i]; usleep(100000); }
      exit(0);
    }
    exit(check(0, pages) ? 0 : 1);
  }
  if (strcmp(what, "fork-sleep") == 0) { printf("%d ", child); return 1; }
  int status;
  if (waitpid(child, &status, 0) != child) fail("waitpid");
  if (status != 0) printf("the child ended with %x; ", status);
  return status == 0 && check(0, pages);
}

int main(int argc, char **argv) {
  int pid = atoi(argv[2]);
  base = (char *) strtoull(argv[3], NULL, 0);
  pages = atol(argv[4]);
  at = calloc(pages, sizeof *at);
  state = calloc(pages, sizeof *state);
  if (mmap(base, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != base)
    fail("mmap");
  for (long i = 0; i < pages; i++) at[i] = base + i * PAGE;

  uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
  struct uffdio_api api = {.api = UFFD_API, .features = UFFD_FEATURE_EVENT_FORK | UFFD_FEATURE_EVENT_REMAP
      | UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP};
  if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) != 0) fail("userfaultfd");

  sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  strncpy(name.sun_path, argv[1], sizeof name.sun_path - 1);
  if (connect(sock, (struct sockaddr *) &name, sizeof name) != 0) fail("connect");

  char line[256], word[64];
  while (fgets(line, sizeof line, stdin) != NULL) {
    long a = 0, b = 0, c = 0;
    if (sscanf(line, "%63s %ld %ld %li", word, &a, &b, &c) < 1) continue;
    int ok = 1;
    if (strcmp(word, "send") == 0) send_uffd(pid);
    else if (strcmp(word, "register") == 0) enter();
    else if (strcmp(word, "finish") == 0) finish();
    else if (strcmp(word, "zombie") == 0) { int none = -4711; if (write(sock, &none, 4) != 4) fail("write"); }
    else if (strcmp(word, "hang-up") == 0) { close(sock); close(uffd); }
    else if (strcmp(word, "check") == 0) ok = check(a, b == 0 ? pages : b);
    else if (strcmp(word, "discard") == 0) { discard(a, b); ok = check(a, b); }
    else if (strcmp(word, "throw") == 0) discard(a, b);
    else if (strcmp(word, "unmap") == 0) {
      if (munmap(at[a], (b - a) * PAGE) != 0) fail("munmap");
      for (long i = a; i < b; i++) at[i] = NULL;
    } else if (strcmp(word, "protect") == 0) {
      if (mprotect(at[a], (b - a) * PAGE, PROT_READ) != 0) fail("mprotect");
    } else if (strcmp(word, "move") == 0) move(a, b, (char *) c);
    else if (strncmp(word, "fork", 4) == 0) ok = forked(word);
    else if (strcmp(word, "hammer") == 0) ok = hammer((unsigned) a);
    else { printf("what is %s?\n", word); exit(2); }
    if (ok) printf("ok");
    printf("\n");
    fflush(stdout);
  }
  return 0;
}
