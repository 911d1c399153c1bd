// The channel to the grader: lines of JSON on standard input, which is a socket.
'use strict';

const { readSync, writeSync } = require('node:fs');

// What is written together, in characters.
const WRITTEN = 1 << 13;

exports.Channel = class Channel {
  constructor(rest) {
    this.buffer = rest;
    this.piece = Buffer.allocUnsafe(1 << 16);
    this.written = '';
  }

  // The next line; whatever was written before goes out first if none has come yet.
  line() {
    let newline = this.buffer.indexOf(10);
    if (newline < 0) this.flush();
    while (newline < 0) {
      const length = readSync(0, this.piece);
      if (length === 0) process.reallyExit(0);
      const before = this.buffer.length;
      this.buffer = Buffer.concat([this.buffer, this.piece.subarray(0, length)]);
      newline = this.buffer.indexOf(10, before);
    }
    const line = this.buffer.toString('utf8', 0, newline);
    this.buffer = this.buffer.subarray(newline + 1);
    return line;
  }

  write(line) {
    this.written += line + '\n';
    if (this.written.length > WRITTEN) this.flush();
  }

  flush() {
    let bytes = Buffer.from(this.written);
    this.written = '';
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(0, bytes));
  }
};
