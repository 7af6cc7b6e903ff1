/*
 * A stand-in for libcuda.so.1, for machines without a GPU. Built by the tests:
 *
 *   gcc -shared -fPIC -O1 -pthread -o libcuda.so.1 standin_cuda.c
 *
 * Device memory is memfd memory: a handle that was exported is a descriptor that travels over
 * sockets and maps in other processes; unmapped and read-only addresses fault as they should, and
 * a copy that touches one fails. Streams are threads, so a copy really is in flight until its
 * event is done. What the driver keeps about a process for others (checkpoint state, used memory,
 * live imports) is a shared file <SNAPFS_STANDIN_STATE>/<pid>.
 *
 * Settings, each read when it is needed; snapfs_standin_set(name, value) overrides the environment:
 *
 *   SNAPFS_STANDIN_DEVICES   how many devices, default 1
 *   SNAPFS_STANDIN_NAME      of all devices, default "Stand-in N": one type each
 *   SNAPFS_STANDIN_MEMORY    bytes of each device, default 4 GiB
 *   SNAPFS_STANDIN_UUID      first byte of the UUIDs in decimal, default 171; the last is the ordinal
 *   SNAPFS_STANDIN_DRIVER    what cuDriverGetVersion says, default 13000
 *   SNAPFS_STANDIN_STATE     folder of the files about processes; without it nothing is shared and
 *                            the checkpoint API is not supported
 *   SNAPFS_STANDIN_DELAY_US  how long a stream waits before each copy, default 0
 *   SNAPFS_STANDIN_FAIL      failures: CALL:CODE (always), CALL:CODE:N (only the Nth call, from 1),
 *                            CALL:CODE:N+ (from the Nth on); several with commas. Calls of the
 *                            checkpoint API may be meant for one process: CALL@PID:CODE
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))
#define GRANULARITY (2ULL << 20)
#define MOST_DEVICES 16

typedef int CUresult;
typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
typedef unsigned long long CUhandle;

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_CONTEXT = 201,
  INVALID_HANDLE = 400,
  ILLEGAL_STATE = 401,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  HOST_MEMORY_ALREADY_REGISTERED = 712,
  HOST_MEMORY_NOT_REGISTERED = 713,
  NOT_SUPPORTED = 801,
  UNKNOWN = 999
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int initialized;

/* ---- settings and failures ---- */

#define MOST_SETTINGS 16
static struct { char name[64]; char value[512]; } settings[MOST_SETTINGS];

/* value NULL: as the environment says. */
API int snapfs_standin_set(const char *name, const char *value) {
  pthread_mutex_lock(&lock);
  int free_slot = -1, at = -1;
  for (int i = 0; i < MOST_SETTINGS; i++) {
    if (!strcmp(settings[i].name, name)) at = i;
    if (!settings[i].name[0] && free_slot < 0) free_slot = i;
  }
  if (at < 0) at = free_slot;
  int ok = at >= 0;
  if (ok) {
    if (value) {
      snprintf(settings[at].name, sizeof settings[at].name, "%s", name);
      snprintf(settings[at].value, sizeof settings[at].value, "%s", value);
    } else {
      settings[at].name[0] = 0;
    }
  }
  pthread_mutex_unlock(&lock);
  return ok;
}

static const char *setting(const char *name) {
  for (int i = 0; i < MOST_SETTINGS; i++)
    if (!strcmp(settings[i].name, name)) return settings[i].value;
  return getenv(name);
}

static long long number(const char *name, long long otherwise) {
  const char *value = setting(name);
  return value && *value ? atoll(value) : otherwise;
}

#define MOST_COUNTS 128
static struct { char call[64]; unsigned calls; } counts[MOST_COUNTS];

/* What this call is to fail with; 0 for nothing. Counts it. */
static CUresult injected(const char *call, int pid) {
  unsigned calls = 0;
  for (int i = 0; i < MOST_COUNTS; i++) {
    if (!counts[i].call[0]) snprintf(counts[i].call, sizeof counts[i].call, "%s", call);
    if (!strcmp(counts[i].call, call)) {
      calls = ++counts[i].calls;
      break;
    }
  }
  const char *at = setting("SNAPFS_STANDIN_FAIL");
  char with_pid[96];
  snprintf(with_pid, sizeof with_pid, "%s@%d", call, pid);
  while (at && *at) {
    const char *end = strchrnul(at, ',');
    char one[128];
    snprintf(one, sizeof one, "%.*s", (int)(end - at), at);
    char *save = NULL;
    char *name = strtok_r(one, ":", &save), *code = strtok_r(NULL, ":", &save);
    char *which = strtok_r(NULL, ":", &save);
    if (name && code && (!strcmp(name, call) || (pid && !strcmp(name, with_pid)))) {
      unsigned n = which ? (unsigned)atoi(which) : 0;
      int from = which && strchr(which, '+');
      if (!which || calls == n || (from && calls >= n)) return atoi(code);
    }
    at = *end ? end + 1 : end;
  }
  return SUCCESS;
}

/* Every call begins with one of these; they leave with the lock held or return. */
#define BEGIN_FOR(pid)                                  \
  pthread_mutex_lock(&lock);                            \
  do {                                                  \
    CUresult injected_ = injected(__func__, pid);       \
    if (injected_) return done(injected_);              \
    if (!initialized) return done(NOT_INITIALIZED);     \
  } while (0)
#define BEGIN BEGIN_FOR(0)
#define CURRENT if (current < 0) return done(INVALID_CONTEXT)

static CUresult done(CUresult result) {
  pthread_mutex_unlock(&lock);
  return result;
}

/* ---- what is known about a process ---- */

struct process {
  char magic[8];
  int state;      /* RUNNING 0, LOCKED 1, CHECKPOINTED 2, FAILED 3 */
  int devices;
  int imports;    /* handles imported and not released */
  int broken;     /* had imports when it was checkpointed: can't be restored */
  uint64_t used[MOST_DEVICES];
  uint8_t uuid[MOST_DEVICES][16];
};

static struct process own_process, *own = &own_process;

static void uuid_of(int device, uint8_t *to) {
  memset(to, 0x5a, 16);
  to[0] = (uint8_t)number("SNAPFS_STANDIN_UUID", 171);
  to[15] = (uint8_t)device;
}

static int device_count(void) {
  long long n = number("SNAPFS_STANDIN_DEVICES", 1);
  return n < 0 ? 0 : n > MOST_DEVICES ? MOST_DEVICES : (int)n;
}

static struct process *map_process(int pid, int make) {
  const char *folder = setting("SNAPFS_STANDIN_STATE");
  if (!folder || !*folder) return NULL;
  char path[600];
  snprintf(path, sizeof path, "%s/%d", folder, pid);
  int fd = open(path, O_RDWR | O_CLOEXEC | (make ? O_CREAT | O_TRUNC : 0), 0600);
  if (fd < 0) return NULL;
  struct process *p = MAP_FAILED;
  struct stat st;
  if (make ? !ftruncate(fd, sizeof *p) : !fstat(fd, &st) && st.st_size >= (off_t)sizeof *p)
    p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (p == MAP_FAILED) return NULL;
  if (make) memcpy(p->magic, "standin", 8);
  if (memcmp(p->magic, "standin", 8)) {
    munmap(p, sizeof *p);
    return NULL;
  }
  return p;
}

static void unmap_process(struct process *p) {
  if (p && p != own) munmap(p, sizeof *p);
}

/* Bytes in use on a device by all living processes, of which a checkpointed one uses none. */
static uint64_t used_on(int device) {
  uint64_t sum = own->state == 2 ? 0 : own->used[device];
  const char *folder = setting("SNAPFS_STANDIN_STATE");
  DIR *dir = folder && *folder ? opendir(folder) : NULL;
  if (!dir) return sum;
  struct dirent *entry;
  while ((entry = readdir(dir))) {
    int pid = atoi(entry->d_name);
    if (pid <= 0 || pid == getpid() || kill(pid, 0)) continue;
    struct process *p = map_process(pid, 0);
    if (p && p->state != 2) sum += p->used[device];
    unmap_process(p);
  }
  closedir(dir);
  return sum;
}

static uint64_t capacity(void) { return (uint64_t)number("SNAPFS_STANDIN_MEMORY", 4LL << 30); }

static uint64_t free_on(int device) {
  uint64_t used = used_on(device), all = capacity();
  return used > all ? 0 : all - used;
}

/* ---- driver and devices ---- */

API CUresult cuInit(unsigned flags) {
  pthread_mutex_lock(&lock);
  CUresult injected_ = injected(__func__, 0);
  if (injected_) return done(injected_);
  if (flags) return done(INVALID_VALUE);
  if (!device_count()) return done(NO_DEVICE);
  if (!initialized) {
    struct process *shared = map_process(getpid(), 1);
    if (shared) own = shared;
    own->devices = device_count();
    for (int i = 0; i < own->devices; i++) uuid_of(i, own->uuid[i]);
    initialized = 1;
  }
  return done(SUCCESS);
}

API CUresult cuDriverGetVersion(int *version) {
  if (!version) return INVALID_VALUE;
  *version = (int)number("SNAPFS_STANDIN_DRIVER", 13000);
  return SUCCESS;
}

static const struct { int code; const char *name, *text; } errors[] = {
  {SUCCESS, "CUDA_SUCCESS", "no error"},
  {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
  {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
  {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
  {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
  {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
  {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
  {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
  {ILLEGAL_STATE, "CUDA_ERROR_ILLEGAL_STATE", "the operation cannot be performed in the present state"},
  {NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready"},
  {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
  {HOST_MEMORY_ALREADY_REGISTERED, "CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED", "part or all of the requested memory range is already mapped"},
  {HOST_MEMORY_NOT_REGISTERED, "CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED", "pointer does not correspond to a registered memory region"},
  {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
  {UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

static CUresult text_of(int code, const char **to, int name) {
  for (unsigned i = 0; i < sizeof errors / sizeof *errors; i++)
    if (errors[i].code == code) {
      *to = name ? errors[i].name : errors[i].text;
      return SUCCESS;
    }
  *to = NULL;
  return INVALID_VALUE;
}

API CUresult cuGetErrorName(CUresult code, const char **to) { return text_of(code, to, 1); }
API CUresult cuGetErrorString(CUresult code, const char **to) { return text_of(code, to, 0); }

API CUresult cuDeviceGetCount(int *count) {
  BEGIN;
  *count = own->devices;
  return done(SUCCESS);
}

API CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  BEGIN;
  if (ordinal < 0 || ordinal >= own->devices) return done(INVALID_DEVICE);
  *device = ordinal;
  return done(SUCCESS);
}

#define DEVICE(d) if ((d) < 0 || (d) >= own->devices) return done(INVALID_DEVICE)

API CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
  BEGIN;
  DEVICE(device);
  if (length < 1) return done(INVALID_VALUE);
  const char *all = setting("SNAPFS_STANDIN_NAME");
  if (all) snprintf(name, length, "%s", all);
  else snprintf(name, length, "Stand-in %d", device);
  return done(SUCCESS);
}

API CUresult cuDeviceGetUuid_v2(uint8_t *uuid, CUdevice device) {
  BEGIN;
  DEVICE(device);
  uuid_of(device, uuid);
  return done(SUCCESS);
}

API CUresult cuDeviceGetUuid(uint8_t *uuid, CUdevice device) { return cuDeviceGetUuid_v2(uuid, device); }

API CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
  BEGIN;
  DEVICE(device);
  *bytes = capacity();
  return done(SUCCESS);
}

/* VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED, HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED, UNIFIED_ADDRESSING,
   COMPUTE_CAPABILITY_MAJOR; nothing else is asked. */
API CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
  BEGIN;
  DEVICE(device);
  *value = attribute == 102 || attribute == 103 || attribute == 41 ? 1 : attribute == 75 ? 9 : 0;
  return done(SUCCESS);
}

/* ---- contexts: only primary ones; a context's address is that of its counter ---- */

static int contexts[MOST_DEVICES];
static __thread int current = -1;

API CUresult cuDevicePrimaryCtxRetain(void **context, CUdevice device) {
  BEGIN;
  DEVICE(device);
  contexts[device]++;
  *context = &contexts[device];
  return done(SUCCESS);
}

API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  BEGIN;
  DEVICE(device);
  if (contexts[device] == 0) return done(INVALID_CONTEXT);
  contexts[device]--;
  return done(SUCCESS);
}

API CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned *flags, int *active) {
  BEGIN;
  DEVICE(device);
  *flags = 0;
  *active = contexts[device] > 0;
  return done(SUCCESS);
}

API CUresult cuCtxSetCurrent(void *context) {
  BEGIN;
  if (!context) {
    current = -1;
    return done(SUCCESS);
  }
  long device = (int *)context - contexts;
  if (device < 0 || device >= own->devices || !contexts[device]) return done(INVALID_CONTEXT);
  current = (int)device;
  return done(SUCCESS);
}

API CUresult cuCtxGetCurrent(void **context) {
  BEGIN;
  *context = current < 0 ? NULL : &contexts[current];
  return done(SUCCESS);
}

API CUresult cuCtxGetDevice(CUdevice *device) {
  BEGIN;
  CURRENT;
  *device = current;
  return done(SUCCESS);
}

API CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
  BEGIN;
  CURRENT;
  *free_bytes = free_on(current);
  *total = capacity();
  return done(SUCCESS);
}

/* ---- physical memory: handles over memfds ---- */

struct memory {
  CUhandle handle;
  int fd, device, imported, references; /* the handle and each mapping count */
  int released;                         /* the handle is gone */
  size_t size;
  struct memory *next;
};

static struct memory *memories;
static CUhandle next_handle = 0x1000;

static struct memory *memory_of(CUhandle handle) {
  for (struct memory *m = memories; m; m = m->next)
    if (m->handle == handle && !m->released) return m;
  return NULL;
}

static void drop(struct memory *m) {
  if (--m->references) return;
  close(m->fd);
  if (!m->imported) own->used[m->device] -= m->size;
  struct memory **at = &memories;
  while (*at != m) at = &(*at)->next;
  *at = m->next;
  free(m);
}

static struct memory *add_memory(int fd, size_t size, int device, int imported) {
  struct memory *m = calloc(1, sizeof *m);
  m->handle = next_handle++;
  m->fd = fd;
  m->size = size;
  m->device = device;
  m->imported = imported;
  m->references = 1;
  m->next = memories;
  memories = m;
  return m;
}

struct location { int type, id; };
struct properties {
  int type, handle_types;
  struct location location;
  void *win32;
  unsigned char flags[8];
};
struct access { struct location location; int flags; };

static int good(const struct properties *p) {
  return p && p->type == 1 && p->location.type == 1 && p->location.id >= 0 && p->location.id < own->devices;
}

API CUresult cuMemGetAllocationGranularity(size_t *bytes, const struct properties *p, int option) {
  BEGIN;
  if (!good(p) || option < 0 || option > 1) return done(INVALID_VALUE);
  *bytes = GRANULARITY;
  return done(SUCCESS);
}

API CUresult cuMemCreate(CUhandle *handle, size_t size, const struct properties *p, unsigned long long flags) {
  BEGIN;
  if (!good(p) || !size || size % GRANULARITY || flags) return done(INVALID_VALUE);
  if (size > free_on(p->location.id)) return done(OUT_OF_MEMORY);
  char name[32];
  snprintf(name, sizeof name, "standin-device-%d", p->location.id);
  int fd = memfd_create(name, MFD_CLOEXEC);
  if (fd < 0) return done(OUT_OF_MEMORY);
  if (ftruncate(fd, (off_t)size)) {
    close(fd);
    return done(OUT_OF_MEMORY);
  }
  own->used[p->location.id] += size;
  *handle = add_memory(fd, size, p->location.id, 0)->handle;
  return done(SUCCESS);
}

API CUresult cuMemRelease(CUhandle handle) {
  BEGIN;
  struct memory *m = memory_of(handle);
  if (!m) return done(INVALID_VALUE);
  if (m->imported) own->imports--;
  m->released = 1;
  drop(m);
  return done(SUCCESS);
}

API CUresult cuMemExportToShareableHandle(void *to, CUhandle handle, int type, unsigned long long flags) {
  BEGIN;
  struct memory *m = memory_of(handle);
  if (!m || type != 1 || flags) return done(INVALID_VALUE);
  int fd = fcntl(m->fd, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return done(UNKNOWN);
  *(int *)to = fd;
  return done(SUCCESS);
}

API CUresult cuMemImportFromShareableHandle(CUhandle *handle, void *os_handle, int type) {
  BEGIN;
  int fd = (int)(intptr_t)os_handle, device;
  char link[64], name[128];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, name, sizeof name - 1);
  struct stat st;
  if (type != 1 || length < 0) return done(INVALID_VALUE);
  name[length] = 0;
  if (sscanf(name, "/memfd:standin-device-%d", &device) != 1 || fstat(fd, &st)) return done(INVALID_VALUE);
  if (device >= own->devices) return done(INVALID_DEVICE);
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return done(UNKNOWN);
  own->imports++;
  *handle = add_memory(copy, (size_t)st.st_size, device, 1)->handle;
  return done(SUCCESS);
}

/* ---- addresses ---- */

struct range { uintptr_t at; size_t size; struct range *next; };
struct mapping {
  uintptr_t at;
  size_t size;
  int access; /* 0 none, 1 read, 3 both */
  struct memory *memory; /* NULL: cuMemAlloc */
  int device;
  struct mapping *next;
};
static struct range *ranges;
static struct mapping *mappings;

API CUresult cuMemAddressReserve(CUdeviceptr *to, size_t size, size_t alignment, CUdeviceptr wanted, unsigned long long flags) {
  BEGIN;
  if (!size || size % GRANULARITY || flags || (alignment & (alignment - 1))) return done(INVALID_VALUE);
  if (alignment < GRANULARITY) alignment = GRANULARITY;
  uintptr_t at = 0;
  if (wanted && !(wanted % alignment)) { /* a wish, as with the driver */
    void *p = mmap((void *)(uintptr_t)wanted, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (p == (void *)(uintptr_t)wanted) at = (uintptr_t)p;
    else if (p != MAP_FAILED) munmap(p, size);
  }
  if (!at) {
    char *p = mmap(NULL, size + alignment, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return done(OUT_OF_MEMORY);
    at = ((uintptr_t)p + alignment - 1) & ~(uintptr_t)(alignment - 1);
    size_t before = at - (uintptr_t)p;
    if (before) munmap(p, before);
    if (alignment - before) munmap((char *)at + size, alignment - before);
  }
  struct range *r = calloc(1, sizeof *r);
  r->at = at;
  r->size = size;
  r->next = ranges;
  ranges = r;
  *to = at;
  return done(SUCCESS);
}

static int overlaps(uintptr_t at, size_t size) {
  for (struct mapping *m = mappings; m; m = m->next)
    if (at < m->at + m->size && m->at < at + size) return 1;
  return 0;
}

API CUresult cuMemAddressFree(CUdeviceptr at, size_t size) {
  BEGIN;
  for (struct range **r = &ranges; *r; r = &(*r)->next)
    if ((*r)->at == at && (*r)->size == size) {
      if (overlaps(at, size)) return done(INVALID_VALUE);
      munmap((void *)(uintptr_t)at, size);
      struct range *gone = *r;
      *r = gone->next;
      free(gone);
      return done(SUCCESS);
    }
  return done(INVALID_VALUE);
}

API CUresult cuMemMap(CUdeviceptr at, size_t size, size_t offset, CUhandle handle, unsigned long long flags) {
  BEGIN;
  struct memory *m = memory_of(handle);
  if (!m || flags || offset || !size || size % GRANULARITY || size > m->size) return done(INVALID_VALUE);
  struct range *r = ranges;
  while (r && !(r->at <= at && at + size <= r->at + r->size)) r = r->next;
  if (!r || overlaps(at, size)) return done(INVALID_VALUE);
  if (mmap((void *)(uintptr_t)at, size, PROT_NONE, MAP_SHARED | MAP_FIXED, m->fd, 0) == MAP_FAILED)
    return done(OUT_OF_MEMORY);
  struct mapping *mapping = calloc(1, sizeof *mapping);
  mapping->at = at;
  mapping->size = size;
  mapping->memory = m;
  mapping->device = m->device;
  mapping->next = mappings;
  mappings = mapping;
  m->references++;
  return done(SUCCESS);
}

/* Whole mappings that lie in a range and fill it; 0 if they don't. */
static int filled(uintptr_t at, size_t size) {
  size_t sum = 0;
  for (struct mapping *m = mappings; m; m = m->next)
    if (m->memory && m->at >= at && m->at + m->size <= at + size) sum += m->size;
  return size && sum == size;
}

API CUresult cuMemSetAccess(CUdeviceptr at, size_t size, const struct access *a, size_t count) {
  BEGIN;
  if (!filled(at, size) || count != 1 || a->location.type != 1 || a->location.id < 0 || a->location.id >= own->devices ||
      (a->flags != 0 && a->flags != 1 && a->flags != 3))
    return done(INVALID_VALUE);
  int protection = a->flags == 0 ? PROT_NONE : a->flags == 1 ? PROT_READ : PROT_READ | PROT_WRITE;
  if (mprotect((void *)(uintptr_t)at, size, protection)) return done(UNKNOWN);
  for (struct mapping *m = mappings; m; m = m->next)
    if (m->memory && m->at >= at && m->at + m->size <= at + size) m->access = a->flags;
  return done(SUCCESS);
}

API CUresult cuMemUnmap(CUdeviceptr at, size_t size) {
  BEGIN;
  if (!filled(at, size)) return done(INVALID_VALUE);
  for (struct mapping **m = &mappings; *m;) {
    struct mapping *gone = *m;
    if (!gone->memory || gone->at < at || gone->at + gone->size > at + size) {
      m = &gone->next;
      continue;
    }
    *m = gone->next;
    drop(gone->memory);
    free(gone);
  }
  mmap((void *)(uintptr_t)at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  return done(SUCCESS);
}

API CUresult cuMemAlloc_v2(CUdeviceptr *to, size_t size) {
  BEGIN;
  CURRENT;
  if (!size) return done(INVALID_VALUE);
  size = (size + 4095) & ~(size_t)4095;
  if (size > free_on(current)) return done(OUT_OF_MEMORY);
  void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return done(OUT_OF_MEMORY);
  struct mapping *mapping = calloc(1, sizeof *mapping);
  mapping->at = (uintptr_t)p;
  mapping->size = size;
  mapping->access = 3;
  mapping->device = current;
  mapping->next = mappings;
  mappings = mapping;
  own->used[current] += size;
  *to = (uintptr_t)p;
  return done(SUCCESS);
}

API CUresult cuMemFree_v2(CUdeviceptr at) {
  BEGIN;
  CURRENT;
  for (struct mapping **m = &mappings; *m; m = &(*m)->next)
    if ((*m)->at == at && !(*m)->memory) {
      struct mapping *gone = *m;
      *m = gone->next;
      munmap((void *)gone->at, gone->size);
      own->used[gone->device] -= gone->size;
      free(gone);
      return done(SUCCESS);
    }
  return done(INVALID_VALUE);
}

/* Whether device addresses may be read (1) or written (3); mappings may lie side by side. */
static int accessible(uintptr_t at, size_t size, int access) {
  while (size) {
    struct mapping *m = mappings;
    while (m && !(m->at <= at && at < m->at + m->size && (m->access & access) == access)) m = m->next;
    if (!m) return 0;
    size_t here = m->at + m->size - at;
    if (here > size) here = size;
    at += here;
    size -= here;
  }
  return 1;
}

/* ---- host memory ---- */

struct host { uintptr_t at; size_t size; int registered; struct host *next; };
static struct host *hosts;

static void add_host(uintptr_t at, size_t size, int registered) {
  struct host *h = calloc(1, sizeof *h);
  h->at = at;
  h->size = size;
  h->registered = registered;
  h->next = hosts;
  hosts = h;
}

/* Takes the entry that begins there out; its size, 0 if there is none. */
static size_t remove_host(uintptr_t at, int registered) {
  for (struct host **h = &hosts; *h; h = &(*h)->next)
    if ((*h)->at == at && (*h)->registered == registered) {
      struct host *gone = *h;
      size_t size = gone->size;
      *h = gone->next;
      free(gone);
      return size;
    }
  return 0;
}

API CUresult cuMemHostAlloc(void **to, size_t size, unsigned flags) {
  BEGIN;
  CURRENT;
  if (!size || flags > 7) return done(INVALID_VALUE);
  void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return done(OUT_OF_MEMORY);
  add_host((uintptr_t)p, size, 0);
  *to = p;
  return done(SUCCESS);
}

API CUresult cuMemFreeHost(void *at) {
  BEGIN;
  CURRENT;
  size_t size = remove_host((uintptr_t)at, 0);
  if (!size) return done(INVALID_VALUE);
  munmap(at, size);
  return done(SUCCESS);
}

API CUresult cuMemHostRegister_v2(void *at, size_t size, unsigned flags) {
  BEGIN;
  CURRENT;
  uintptr_t a = (uintptr_t)at;
  if (!at || !size || flags > 15) return done(INVALID_VALUE);
  for (struct host *h = hosts; h; h = h->next)
    if (a < h->at + h->size && h->at < a + size) return done(HOST_MEMORY_ALREADY_REGISTERED);
  add_host(a, size, 1);
  return done(SUCCESS);
}

API CUresult cuMemHostUnregister(void *at) {
  BEGIN;
  CURRENT;
  return done(remove_host((uintptr_t)at, 1) ? SUCCESS : HOST_MEMORY_NOT_REGISTERED);
}

/* ---- streams: each a thread that works through a queue ---- */

struct event { unsigned magic; int pending; double millis; };
struct work {
  enum { COPY, FILL, RECORD, WAIT } kind;
  void *to;
  const void *from;
  size_t size;
  int byte;
  struct event *event;
  struct work *next;
};
struct stream {
  unsigned magic;
  pthread_t thread;
  struct work *first, *last;
  int working, end;
  struct stream *next;
};
#define STREAM 0x57ea0001u
#define EVENT 0x57ea0002u
static struct stream *streams;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static double now_millis(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void *run_stream(void *argument) {
  struct stream *s = argument;
  pthread_mutex_lock(&lock);
  for (;;) {
    while (!s->first && !s->end) pthread_cond_wait(&changed, &lock);
    if (!s->first) break;
    struct work *w = s->first;
    s->first = w->next;
    if (!s->first) s->last = NULL;
    s->working = 1;
    if (w->kind == RECORD) {
      w->event->pending--;
      w->event->millis = now_millis();
    } else if (w->kind == WAIT) {
      while (w->event->pending) pthread_cond_wait(&changed, &lock);
    } else {
      long long delay = number("SNAPFS_STANDIN_DELAY_US", 0);
      pthread_mutex_unlock(&lock);
      if (delay > 0) usleep((useconds_t)delay);
      if (w->kind == COPY) memcpy(w->to, w->from, w->size);
      else memset(w->to, w->byte, w->size);
      pthread_mutex_lock(&lock);
    }
    free(w);
    s->working = 0;
    pthread_cond_broadcast(&changed);
  }
  pthread_mutex_unlock(&lock);
  return NULL;
}

static struct stream *stream_of(void *handle) {
  struct stream *s = streams;
  while (s && s != handle) s = s->next;
  return s;
}

/* Waits with the lock for all that was put into a stream. */
static void drain(struct stream *s) {
  while (s->first || s->working) pthread_cond_wait(&changed, &lock);
}

static void drain_all(void) {
  for (struct stream *s = streams; s; s = s->next) drain(s);
}

static void enqueue(struct stream *s, struct work one) {
  struct work *w = malloc(sizeof *w);
  *w = one;
  w->next = NULL;
  if (s->last) s->last->next = w;
  else s->first = w;
  s->last = w;
  pthread_cond_broadcast(&changed);
}

API CUresult cuStreamCreate(void **to, unsigned flags) {
  BEGIN;
  CURRENT;
  if (flags > 1) return done(INVALID_VALUE);
  struct stream *s = calloc(1, sizeof *s);
  s->magic = STREAM;
  if (pthread_create(&s->thread, NULL, run_stream, s)) {
    free(s);
    return done(OUT_OF_MEMORY);
  }
  s->next = streams;
  streams = s;
  *to = s;
  return done(SUCCESS);
}

API CUresult cuStreamDestroy_v2(void *handle) {
  BEGIN;
  struct stream *s = stream_of(handle);
  if (!s) return done(INVALID_HANDLE);
  drain(s);
  s->end = 1;
  struct stream **at = &streams;
  while (*at != s) at = &(*at)->next;
  *at = s->next;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  pthread_join(s->thread, NULL);
  free(s);
  return SUCCESS;
}

API CUresult cuStreamSynchronize(void *handle) {
  BEGIN;
  CURRENT;
  struct stream *s = handle ? stream_of(handle) : NULL;
  if (handle && !s) return done(INVALID_HANDLE);
  if (s) drain(s);
  return done(SUCCESS);
}

API CUresult cuStreamQuery(void *handle) {
  BEGIN;
  CURRENT;
  struct stream *s = handle ? stream_of(handle) : NULL;
  if (handle && !s) return done(INVALID_HANDLE);
  return done(s && (s->first || s->working) ? NOT_READY : SUCCESS);
}

API CUresult cuCtxSynchronize(void) {
  BEGIN;
  CURRENT;
  drain_all();
  return done(SUCCESS);
}

API CUresult cuEventCreate(void **to, unsigned flags) {
  BEGIN;
  CURRENT;
  if (flags > 7) return done(INVALID_VALUE);
  struct event *e = calloc(1, sizeof *e);
  e->magic = EVENT;
  *to = e;
  return done(SUCCESS);
}

static struct event *event_of(void *handle) {
  struct event *e = handle;
  return e && e->magic == EVENT ? e : NULL;
}

API CUresult cuEventDestroy_v2(void *handle) {
  BEGIN;
  struct event *e = event_of(handle);
  if (!e) return done(INVALID_HANDLE);
  while (e->pending) pthread_cond_wait(&changed, &lock);
  e->magic = 0;
  free(e);
  return done(SUCCESS);
}

API CUresult cuEventRecord(void *handle, void *stream) {
  BEGIN;
  CURRENT;
  struct event *e = event_of(handle);
  struct stream *s = stream ? stream_of(stream) : NULL;
  if (!e || (stream && !s)) return done(INVALID_HANDLE);
  if (s) {
    e->pending++;
    enqueue(s, (struct work){.kind = RECORD, .event = e});
  } else {
    e->millis = now_millis();
  }
  return done(SUCCESS);
}

API CUresult cuEventQuery(void *handle) {
  BEGIN;
  struct event *e = event_of(handle);
  if (!e) return done(INVALID_HANDLE);
  return done(e->pending ? NOT_READY : SUCCESS);
}

API CUresult cuEventSynchronize(void *handle) {
  BEGIN;
  struct event *e = event_of(handle);
  if (!e) return done(INVALID_HANDLE);
  while (e->pending) pthread_cond_wait(&changed, &lock);
  return done(SUCCESS);
}

API CUresult cuEventElapsedTime(float *millis, void *from, void *to) {
  BEGIN;
  struct event *a = event_of(from), *b = event_of(to);
  if (!a || !b || !a->millis || !b->millis) return done(INVALID_HANDLE);
  if (a->pending || b->pending) return done(NOT_READY);
  *millis = (float)(b->millis - a->millis);
  return done(SUCCESS);
}

API CUresult cuStreamWaitEvent(void *stream, void *event, unsigned flags) {
  BEGIN;
  CURRENT;
  struct event *e = event_of(event);
  struct stream *s = stream_of(stream);
  if (!e || !s) return done(INVALID_HANDLE);
  if (flags) return done(INVALID_VALUE);
  enqueue(s, (struct work){.kind = WAIT, .event = e});
  return done(SUCCESS);
}

/* ---- copies ---- */

/* Checked at the call, so that a wrong address is an error and not a crash. */
static CUresult copy(void *stream, void *to, const void *from, size_t size, int to_device, int from_device) {
  if ((to_device && !accessible((uintptr_t)to, size, 3)) || (from_device && !accessible((uintptr_t)from, size, 1)))
    return done(ILLEGAL_ADDRESS);
  struct stream *s = stream ? stream_of(stream) : NULL;
  if (stream && !s) return done(INVALID_HANDLE);
  if (!size) return done(SUCCESS);
  if (s) {
    enqueue(s, (struct work){.kind = COPY, .to = to, .from = from, .size = size});
    return done(SUCCESS);
  }
  drain_all();
  memcpy(to, from, size);
  return done(SUCCESS);
}

#define AT(p) ((void *)(uintptr_t)(p))

API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t size, void *stream) {
  BEGIN;
  CURRENT;
  return copy(stream, AT(to), from, size, 1, 0);
}

API CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t size, void *stream) {
  BEGIN;
  CURRENT;
  return copy(stream, to, AT(from), size, 0, 1);
}

API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t size, void *stream) {
  BEGIN;
  CURRENT;
  return copy(stream, AT(to), AT(from), size, 1, 1);
}

API CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t size) {
  BEGIN;
  CURRENT;
  return copy(NULL, AT(to), from, size, 1, 0);
}

API CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t size) {
  BEGIN;
  CURRENT;
  return copy(NULL, to, AT(from), size, 0, 1);
}

API CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char byte, size_t size, void *stream) {
  BEGIN;
  CURRENT;
  if (!accessible((uintptr_t)to, size, 3)) return done(ILLEGAL_ADDRESS);
  struct stream *s = stream ? stream_of(stream) : NULL;
  if (stream && !s) return done(INVALID_HANDLE);
  if (s) enqueue(s, (struct work){.kind = FILL, .to = AT(to), .byte = byte, .size = size});
  else memset(AT(to), byte, size);
  return done(SUCCESS);
}

API CUresult cuMemsetD8_v2(CUdeviceptr to, unsigned char byte, size_t size) {
  BEGIN;
  CURRENT;
  if (!accessible((uintptr_t)to, size, 3)) return done(ILLEGAL_ADDRESS);
  drain_all();
  memset(AT(to), byte, size);
  return done(SUCCESS);
}

/* ---- checkpoint API: on processes that use this library with the same state folder ---- */

struct pair { uint8_t from[16], to[16]; };

/* Begins a call on a process: *p is it, which the caller unmaps by finish(). */
#define ON_PROCESS(pid)                                                               \
  BEGIN_FOR(pid);                                                                     \
  if (!setting("SNAPFS_STANDIN_STATE")) return done(NOT_SUPPORTED);                   \
  struct process *p = pid == getpid() ? own : kill(pid, 0) ? NULL : map_process(pid, 0); \
  if (!p) return done(NOT_INITIALIZED)

static CUresult finish(struct process *p, CUresult result) {
  unmap_process(p);
  return done(result);
}

API CUresult cuCheckpointProcessGetState(int pid, int *state) {
  ON_PROCESS(pid);
  *state = p->state;
  return finish(p, SUCCESS);
}

API CUresult cuCheckpointProcessGetRestoreThreadId(int pid, int *tid) {
  ON_PROCESS(pid);
  *tid = pid;
  return finish(p, SUCCESS);
}

API CUresult cuCheckpointProcessLock(int pid, const void *args) {
  ON_PROCESS(pid);
  if (!args) return finish(p, INVALID_VALUE);
  if (p->state != 0) return finish(p, ILLEGAL_STATE);
  p->state = 1;
  return finish(p, SUCCESS);
}

API CUresult cuCheckpointProcessCheckpoint(int pid, const void *args) {
  ON_PROCESS(pid);
  if (!args) return finish(p, INVALID_VALUE);
  if (p->state != 1) return finish(p, ILLEGAL_STATE);
  p->broken = p->imports > 0; /* the driver says nothing here, and can't restore */
  p->state = 2;
  return finish(p, SUCCESS);
}

static int device_with(const uint8_t *uuid) {
  for (int i = 0; i < own->devices; i++) {
    uint8_t each[16];
    uuid_of(i, each);
    if (!memcmp(each, uuid, 16)) return i;
  }
  return -1;
}

API CUresult cuCheckpointProcessRestore(int pid, const void *args) {
  ON_PROCESS(pid);
  if (!args) return finish(p, INVALID_VALUE);
  if (p->state != 2) return finish(p, ILLEGAL_STATE);
  if (p->broken) {
    p->state = 3;
    return finish(p, NOT_SUPPORTED);
  }
  const struct pair *pairs = *(const struct pair *const *)args;
  unsigned count = *(const unsigned *)((const char *)args + 8);
  int to[MOST_DEVICES];
  for (int i = 0; i < p->devices; i++) {
    const uint8_t *wanted = pairs ? NULL : p->uuid[i];
    for (unsigned k = 0; pairs && k < count; k++)
      if (!memcmp(pairs[k].from, p->uuid[i], 16)) wanted = pairs[k].to;
    to[i] = wanted ? device_with(wanted) : -1;
    if (to[i] < 0) return finish(p, INVALID_VALUE);
    if (p->used[i] > free_on(to[i])) {
      p->state = 3; /* for good */
      return finish(p, OUT_OF_MEMORY);
    }
  }
  uint64_t used[MOST_DEVICES] = {0};
  for (int i = 0; i < p->devices; i++) used[to[i]] += p->used[i];
  memcpy(p->used, used, sizeof used);
  for (int i = 0; i < own->devices; i++) uuid_of(i, p->uuid[i]);
  p->state = 1;
  return finish(p, SUCCESS);
}

API CUresult cuCheckpointProcessUnlock(int pid, const void *args) {
  ON_PROCESS(pid);
  if (!args) return finish(p, INVALID_VALUE);
  if (p->state != 1) return finish(p, ILLEGAL_STATE);
  p->state = 0;
  return finish(p, SUCCESS);
}
