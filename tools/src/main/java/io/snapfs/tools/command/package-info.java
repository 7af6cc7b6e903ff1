/**
 * One class per command. A command checks its options, calls the library, and shows what comes back
 * as a table or as JSON; how things work is not known here.
 */
package io.snapfs.tools.command;
