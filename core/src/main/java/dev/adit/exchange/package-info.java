/** The sans-I/O life of one request: a transport performs the steps that an exchange hands out. */
@org.jspecify.annotations.NullMarked
package dev.adit.exchange;
