// Values as the protocol has them.
'use strict';

// Ids of 2^53 and beyond are not exact as numbers. A submission is handed another number in
// such an id's place: the same low bits, and two high ones that no other id has.
const LOW = 2n ** 53n;
const PLACE = 2 ** 51;
const EACH = 2 ** 40;

const stands = new Map();

// A value of the protocol, in JavaScript's words.
exports.read = function read(value) {
  if (Array.isArray(value)) return value.map(read);
  if (value === null || typeof value !== 'object') return value;
  const big = BigInt(value.big);
  const low = Number(((big % LOW) + LOW) % LOW);
  const number = low + PLACE + big.toString(2).length * EACH;
  stands.set(number, value);
  return number;
};

// What a submission gave, as a value of the protocol; what is none is nothing.
exports.write = function write(value) {
  switch (typeof value) {
    case 'number':
      if (stands.has(value)) return stands.get(value);
      return Number.isSafeInteger(value) ? value : null;
    case 'bigint': {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : null;
    }
    case 'string':
      // Half a character is none.
      return value.toWellFormed();
    case 'object':
      return Array.isArray(value) ? Array.from(value, write) : null;
    default:
      return null;
  }
};
