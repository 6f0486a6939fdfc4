// Package paging gives lists page by page: it says how large a page may be, and makes and reads the tokens that name the
// page after it.
//
// A list is read by its keys: a token holds the position of the last entry that was shown, so that entries which come or go
// meanwhile neither repeat nor hide others. Tokens are sealed with the service's keys for one list of one owner: nobody
// reads them, makes one, or takes one to another list.
package paging
