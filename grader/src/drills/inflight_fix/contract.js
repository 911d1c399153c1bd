// What drill `inflight_fix` calls in a submission. The module must export exactly this.
({ users }) => ({
  offers: ['UserCache'],
  methods: ['getUser'],
  make: (run) => new run.module.UserCache(users.database(run)),
  call: (run, entry, given) => run.instance.getUser(given[0]),
  told: users.row,
  named: users.named,
});
