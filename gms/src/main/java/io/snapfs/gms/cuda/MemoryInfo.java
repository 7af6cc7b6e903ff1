package io.snapfs.gms.cuda;

/** How much memory a device has, in bytes. */
public record MemoryInfo(long freeBytes, long totalBytes) {}
