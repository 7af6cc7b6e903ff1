/**
 * The folder through which a worker and what checkpoints it talk: files that appear whole, whose
 * names are the messages ({@link io.snapfs.restore.control.Sentinel}).
 */
package io.snapfs.restore.control;
