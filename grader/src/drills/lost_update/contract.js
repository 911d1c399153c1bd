// What drill `lost_update` calls in a submission. The module must export exactly this.
({ accounts }) => ({
  offers: ['Accounts'],
  methods: ['deposit'],
  make: (run) => new run.module.Accounts(accounts.bank(run)),
  call: (run, entry, given) => run.instance.deposit(given[0], given[1]),
  told: accounts.balance,
  named: accounts.named,
});
