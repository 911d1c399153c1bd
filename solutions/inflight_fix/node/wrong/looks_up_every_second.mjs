// Wrong: a request that waits wakes every second to look at the fetch. Caught by: no_polling
export class UserCache {
  #db;
  #users = new Map();
  #fetching = new Map();

  constructor(db) {
    this.#db = db;
  }

  async getUser(id) {
    if (this.#users.has(id)) return this.#users.get(id);
    if (!this.#fetching.has(id)) this.#fetching.set(id, this.#fetch(id));
    const fetched = this.#fetching.get(id).then((user) => ({ user }));
    for (;;) {
      const answer = await this.#withinASecond(fetched);
      if (answer) return answer.user;
    }
  }

  async #withinASecond(fetched) {
    let timer;
    const second = new Promise((resolve) => {
      timer = setTimeout(resolve, 1000);
    });
    try {
      return await Promise.race([fetched, second]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(id) {
    try {
      const user = await this.#db.fetchUser(id);
      this.#users.set(id, user);
      return user;
    } finally {
      this.#fetching.delete(id);
    }
  }
}
