package io.snapfs.format.write;

import io.snapfs.format.ChunkLocation;
import io.snapfs.format.PackId;

/** A chunk that the store already has, in a pack that this session has pinned. */
record StoredChunk(PackId pack, long packLength, ChunkLocation location) {}
