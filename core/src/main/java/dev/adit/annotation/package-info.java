/** Dialects: from annotations to policies. */
@org.jspecify.annotations.NullMarked
package dev.adit.annotation;
