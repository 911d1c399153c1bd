// Drill `lost_update`: read, await, write, and no deposit is lost.

/** Accounts into which many requests pay at once. As it is, deposits get lost. */
export class Accounts {
  #bank;

  constructor(bank) {
    this.#bank = bank;
    // To do: what must a deposit find here when another one is under way?
  }

  /**
   * Adds `amount` to the balance of `account`, and returns the balance that this makes.
   *
   * - No deposit is written over by another, and each is added once at most.
   * - The balance that is returned holds this deposit, and every deposit in the account that
   *   had returned before this one began.
   * - Deposits in different accounts never wait for each other.
   * - An error reaches only the deposits whose own read or write failed, and changes nothing.
   *   The next deposit starts from what the bank really holds.
   * - Waiting costs nothing: a waiting deposit is woken when its turn comes.
   */
  async deposit(account, amount) {
    let balance = await this.#bank.read(account);
    // To do: who else reads the same balance before it is written?
    balance += amount;
    await this.#bank.write(account, balance);
    return balance;
  }
}
