// Package secret holds what must not be seen: values that never print, machine-made tokens and codes, and
// the keys of one service.
//
// [String] holds a secret in memory and prints as *** everywhere. [NewToken], [Digits] and [Crockford]
// make secrets; a token is stored only as its [HashToken]. [Keys] is a service's key file: it seals personal
// data for one column of one row, indexes it blindly so that it can be found, and authenticates values
// that leave the service. The file is wrapped by a [KEK] that lives apart from it.
//
// Passwords are not here: they are slow on purpose and belong to the account service.
package secret
