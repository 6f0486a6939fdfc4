// Package minimal is the least server that does what the platform's measured operations do: the floor of each.
//
// It takes no shortcut that it would not survive a crash with. Its stores are the platform's (PostgreSQL, committing
// synchronously, and Redis for what may be lost at the price of asking again), and so are its signatures (ES256 by
// golang-jwt), its password hashes (argon2id, 19 MiB, two passes) and the encryption of personal data. A code is redeemed
// once, a reused code or refresh token revokes its grant, guesses and sends are counted durably. It has no services, no
// events, no record, no languages, no pages, and one client.
package minimal
