// The submission: one file, run anew for each run, so that its globals are that run's.
//
// What cannot be loaded is `Refused`, with a text for its author: a syntax error, a module
// that may not be imported, a class that is missing.
'use strict';

const vm = require('node:vm');

exports.Refused = class Refused extends Error {};
const { Refused } = exports;

exports.Submission = class Submission {
  constructor(realm, { file, text }) {
    this.realm = realm;
    this.file = file;
    this.text = text;
    this.cached = undefined;
    this.isCommon = isCommon(text);
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
      module = this.realm.sourceText(this.text, this.file, {
        cachedData: this.cached,
        importModuleDynamically: (specifier) => this.found(specifier),
      });
      this.cached ??= module.createCachedData();
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
      throw new Refused(`\`${this.file}\`: its top-level \`await\` never ends`);
    }
    return module.namespace;
  }

  // The same in CommonJS.
  required() {
    const { inside } = this.realm;
    try {
      const body = vm.compileFunction(this.text, ['module', 'exports', 'require'], {
        filename: this.file,
        parsingContext: this.realm.context,
      });
      return inside.required(body, (specifier) => this.found(specifier).namespace);
    } catch (error) {
      throw this.refused(error);
    }
  }

  found(specifier) {
    const module = this.realm.found(`${specifier}`);
    if (module !== undefined) return module;
    const names = this.realm.names().map((name) => `\`${name}\``);
    throw new Refused(
      `\`${this.file}\` cannot import \`${specifier}\`; a submission may import ${names.join(', ')}`,
    );
  }

  // An error while it was loaded, in the words of its author's own file.
  refused(error) {
    if (error instanceof Refused) return error;
    const { whole } = this.realm.inside;
    const text = whole(error, this.file);
    return new Refused(text.includes(this.file) ? text : this.placed(text));
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

// Whether the text is no module but CommonJS.
function isCommon(text) {
  return /\bmodule\.exports\b|^\s*exports\.\w+\s*=/m.test(text) && !/^\s*(export|import)\b/m.test(text);
}
