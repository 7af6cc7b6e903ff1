/**
 * What is done to the libraries once, when the product is built, so that the JVM starts faster:
 * native libraries are laid out as files, and classes of an old format are brought to one that a
 * class-data archive can hold. {@code tools/archive.sh} calls it and makes the archive; nothing
 * here runs in a command.
 */
package io.snapfs.tools.packaging;
