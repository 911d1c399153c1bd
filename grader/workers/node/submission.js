// The submission: one file, run anew for each run, so that its globals are that run's.
//
// What cannot be loaded is `Refused`, with a text for its author: a syntax error, a module
// that may not be imported, a class that is missing.
'use strict';

const { setFlagsFromString } = require('node:v8');
const vm = require('node:vm');

exports.Refused = class Refused extends Error {};
const { Refused } = exports;

exports.Submission = class Submission {
  constructor(realm, { file, text }) {
    this.realm = realm;
    this.file = file;
    this.text = text;
    this.body = undefined;
    this.kept = undefined;
    // What its module asks as it runs.
    this.asked = {
      importModuleDynamically: (specifier) => {
        // In a module that was read from what V8 kept, each such import takes some ten milliseconds.
        this.kept = {};
        return this.imports(`${specifier}`);
      },
      initializeImportMeta: (meta) => {
        meta.url = `file:///${this.file}`;
      },
    };
    this.isCommon = file.endsWith('.cjs') || this.isScript();
  }

  // The line of the file that runs, the innermost one of those that call each other. In this realm
  // an error knows of all calls: the program is started so.
  runsAt() {
    const { stack } = new Error();
    const [, line] = stack.split(`${this.file}:`, 2);
    if (line === undefined) return undefined;
    const number = parseInt(line, 10);
    const text = this.text.split('\n')[number - 1] ?? '';
    return `${this.file}:${number}: \`${text.trim()}\``;
  }

  // What it exports, run anew. `drain` runs the microtasks that this takes.
  load(drain) {
    const namespace = this.isCommon ? this.required() : this.imported(drain);
    const missing = this.realm.inside.missing(namespace);
    if (missing !== undefined) throw new Refused(`\`${this.file}\` ${missing}`);
    return namespace;
  }

  imported(drain) {
    let module;
    try {
      module = this.compiled();
    } catch (error) {
      throw this.refused(error);
    }
    // A module that awaits at its top level counts as evaluated before it is.
    let isOver = false;
    const ends = () => {
      isOver = true;
    };
    let failed;
    const fails = (error) => {
      failed = { error };
    };
    module.link((specifier) => this.found(specifier)).then(undefined, fails);
    drain();
    if (failed === undefined) {
      module.evaluate().then(ends, fails);
      drain();
    }
    if (failed !== undefined) throw this.refused(failed.error);
    if (!isOver) {
      throw new Refused(
        `\`${this.file}\`: its top-level \`await\` never ends; the clock stands still and nothing is answered while a module is loaded, so await in a method`,
      );
    }
    return module.namespace;
  }

  // Its module. V8 compiles it once, with all its functions, and reads what it kept in each
  // later run.
  compiled() {
    if (this.kept === undefined) return this.compiledWhole();
    try {
      return this.realm.sourceText(this.text, this.file, { ...this.asked, ...this.kept });
    } catch {
      // A V8 that does not take back what it gave.
      this.kept = {};
      return this.realm.sourceText(this.text, this.file, this.asked);
    }
  }

  compiledWhole() {
    let module;
    setFlagsFromString('--no-lazy');
    try {
      module = this.realm.sourceText(this.text, this.file, this.asked);
    } finally {
      setFlagsFromString('--lazy');
    }
    this.kept = { cachedData: module.createCachedData() };
    return module;
  }

  // The same in CommonJS.
  required() {
    const { inside } = this.realm;
    try {
      return inside.required(this.script());
    } catch (error) {
      throw this.refused(error);
    }
  }

  // It as a function of CommonJS.
  script() {
    this.body ??= vm.compileFunction(this.text, ['exports', 'require', 'module', '__filename', '__dirname'], {
      filename: this.file,
      parsingContext: this.realm.context,
      importModuleDynamically: (specifier) => this.imports(`${specifier}`),
    });
    return this.body;
  }

  // Whether it is no module but CommonJS: what has `import` or `export` is no script.
  isScript() {
    if (!/\bexports\b/.test(this.text)) return false;
    try {
      this.script();
      return true;
    } catch {
      return false;
    }
  }

  found(specifier) {
    const module = this.realm.found(specifier);
    if (module !== undefined) return module;
    throw new Refused(this.lacking(specifier));
  }

  // The same for code that runs: it may catch the error, which is of its own realm.
  imports(specifier) {
    const module = this.realm.found(specifier);
    if (module !== undefined) return module;
    throw this.realm.inside.refusal(this.lacking(specifier));
  }

  // Why there is no such module, if so.
  lacking(specifier) {
    if (this.realm.found(specifier) !== undefined) return '';
    const names = this.realm.names().map((name) => `\`${name}\``);
    return `\`${this.placeOf(specifier)}\` cannot import \`${specifier}\`; a submission may import ${names.join(', ')}`;
  }

  // An error while it was loaded, in the words of its author's own file.
  refused(error) {
    if (error instanceof Refused) return error;
    const { isRefusal, whole } = this.realm.inside;
    if (isRefusal(error)) return new Refused(`${error.message}`);
    const text = this.unoffered(whole(error, this.file));
    return new Refused(text.includes(this.file) ? text : this.placed(text));
  }

  // An export that a module of Node's has, and ours has not.
  unoffered(text) {
    const [, specifier, name] = /The requested module '(.+)' does not provide an export named '(.+)'/.exec(text) ?? [];
    const module = specifier && this.realm.found(specifier);
    if (!module) return text;
    const names = Object.keys(module.namespace).filter((one) => one !== 'default');
    const offered = names.map((one) => `\`${one}\``).join(', ');
    return `\`${this.placeOf(specifier)}\`: \`${name}\` of \`${specifier}\` is not offered here; it offers ${offered}`;
  }

  // The file, and the line that first names a module, if one does.
  placeOf(specifier) {
    const names = (line) => line.includes(`'${specifier}'`) || line.includes(`"${specifier}"`);
    const at = this.text.split('\n').findIndex(names);
    return at < 0 ? this.file : `${this.file}:${at + 1}`;
  }

  // Node says of a script where its syntax is wrong, and not of a module. So the module is
  // read as a script, with blanks for what a script cannot have.
  placed(text) {
    const blank = (found) => found.replace(/[^\n]/g, ' ');
    const script = this.text
      .replace(/^\s*import\b[^;'"]*(['"])[^'"\n]*\1/gm, blank)
      .replace(/^\s*export\s+(default\b)?/gm, blank);
    try {
      vm.compileFunction(script, [], { filename: this.file, parsingContext: this.realm.context });
    } catch (error) {
      const again = this.realm.inside.whole(error, this.file);
      const last = (of) => of.trimEnd().split('\n').at(-1);
      if (last(again) === last(text)) return again;
    }
    return `${this.file}: ${text}`;
  }
};
