// The first lines of a worker: takes its own text from the channel, then becomes the puppet.
//
// Node is started with this text as `-e`. The grader sends one line before anything else: a
// JSON object with the modules of the worker, the kit, the drill's contract and the
// submission. So no file but the program's own is read, whoever the process runs as.
'use strict';

const fs = require('node:fs');
const vm = require('node:vm');

// The line, and what came after it.
function firstLine() {
  const pieces = [];
  for (;;) {
    const piece = Buffer.allocUnsafe(1 << 16);
    const length = fs.readSync(0, piece);
    if (length === 0) process.exit(0);
    const read = piece.subarray(0, length);
    const newline = read.indexOf(10);
    pieces.push(newline < 0 ? read : read.subarray(0, newline));
    if (newline >= 0) return [Buffer.concat(pieces).toString(), read.subarray(newline + 1)];
  }
}

const [line, rest] = firstLine();
const given = JSON.parse(line);
const modules = new Map();
const required = (name) => modules.get(name) ?? require(name);
for (const [name, text] of given.modules) {
  const exports = {};
  modules.set(name, exports);
  vm.compileFunction(text, ['exports', 'require'], { filename: `${name}.js` })(exports, required);
}
modules.get('puppet').run(rest, given, process.argv.slice(1));
