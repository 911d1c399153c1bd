// What drill `batch_loader` calls in a submission. The module must export exactly this.
({ items }) => ({
  offers: ['Loader'],
  methods: ['load'],
  make: (run, [maxBatch]) => new run.module.Loader(items.bulk(run), maxBatch),
  call: (run, entry, given) => {
    // A call that went out before `load` is called cannot be for it.
    items.polled(run);
    return run.instance.load(given[0]);
  },
  told: items.item,
  named: items.named,
});
