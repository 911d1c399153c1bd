// The seal: from here on the process opens, starts and reaches nothing.
//
// Node has no way to make a system call of its own. So the sandbox's launcher hands over a
// library, as an open file, that puts the same tables in force as every worker's; to load it
// is to be sealed. Where there is no sandbox, there is no library.
'use strict';

exports.closeForGood = (library) => {
  if (library === undefined) return;
  process.dlopen({ exports: {} }, library);
};
