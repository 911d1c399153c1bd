// What drill `cache_race` calls in a submission. The module must export exactly this.
({ users, inside }) => {
  const stampede = async (run, [id, requests, before]) => {
    return new Report(await run.module.stampede(users.database(run, before), id, requests));
  };
  // What `stampede` returned.
  class Report {
    #given;
    constructor(given) {
      this.#given = given;
    }
    static told(value) {
      if (typeof value !== 'object' || value === null || !(#given in value)) return users.row(value);
      const given = value.#given;
      if (typeof given !== 'object' || given === null || Array.isArray(given)) {
        return inside.odd(given, '`{ fetches, elapsedMs }`');
      }
      for (const name of ['fetches', 'elapsedMs']) {
        const one = given[name];
        const isNumber = typeof one === 'bigint' || (typeof one === 'number' && one === one);
        if (!isNumber) return [`${inside.kind(one)} as \`${name}\``];
      }
      return [Number(given.fetches), Math.round(Number(given.elapsedMs) * 1e6)];
    }
  }
  return {
    offers: ['UserCache', 'stampede'],
    methods: ['getUser'],
    make: (run) => new run.module.UserCache(users.database(run)),
    call: (run, entry, given) => (entry === 'stampede' ? stampede(run, given) : run.instance.getUser(given[0])),
    told: Report.told,
    named: users.named,
  };
};
