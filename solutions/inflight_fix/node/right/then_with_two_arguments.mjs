// The entry's promise is made by `then`, with what happens on either side.
export class UserCache {
  constructor(db) {
    this.db = db;
    this.users = new Map();
    this.fetching = new Map();
  }

  getUser(id) {
    if (this.users.has(id)) return Promise.resolve(this.users.get(id));
    let fetching = this.fetching.get(id);
    if (!fetching) {
      fetching = this.db.fetchUser(id).then(
        (user) => {
          this.users.set(id, user);
          this.fetching.delete(id);
          return user;
        },
        (error) => {
          this.fetching.delete(id);
          throw error;
        },
      );
      this.fetching.set(id, fetching);
    }
    return fetching;
  }
}
