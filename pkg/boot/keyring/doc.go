// Package keyring is what lies in a service's secrets directory: certificate, key set and passwords. [Prepare]
// makes what is missing, the other functions read it.
package keyring
