// What drill `cache_race` calls in a submission. The module must export exactly this.
({ users }) => {
  const stampede = async (run, [id, requests, before]) => {
    const { fetches, elapsedMs } = await run.module.stampede(users.database(run, before), id, requests);
    return [Number(fetches), Math.round(elapsedMs * 1e6)];
  };
  return {
    offers: ['UserCache', 'stampede'],
    methods: ['getUser'],
    make: (run) => new run.module.UserCache(users.database(run)),
    call: (run, entry, given) => (entry === 'stampede' ? stampede(run, given) : run.instance.getUser(given[0])),
    told: (value) => (Array.isArray(value) ? value : users.row(value)),
    named: users.named,
  };
};
