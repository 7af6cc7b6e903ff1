package io.snapfs.gms.wire;

/**
 * Something that has happened to a service's memory.
 *
 * @param kind what
 * @param allocations how many allocations it concerned; 0 where that says nothing
 */
public record Event(String kind, int allocations) {}
