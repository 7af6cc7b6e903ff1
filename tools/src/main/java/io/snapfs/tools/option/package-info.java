/** What the words of a command line mean: from text to the values that the library takes. */
package io.snapfs.tools.option;
