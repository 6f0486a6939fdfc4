package pg

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// DefaultInstallation is the name of an installation that was given none.
const DefaultInstallation = "propusk"

// Database is the database of one installation, reached as an administrator and not through a pooler.
type Database struct {
	AdminURL string
	// Installation is the installation's name. Roles belong to the whole server, so theirs begin with it.
	Installation string
}

// Role is what a service of an installation logs in as.
func Role(installation, service string) string { return installation + "_" + service }

// installationName leaves room for the service's name: Postgres cuts names at 63 bytes.
var installationName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

// CheckInstallation refuses a name that cannot begin a role's.
func CheckInstallation(name string) error {
	if !installationName.MatchString(name) {
		return fmt.Errorf("PROPUSK_INSTALLATION is %q: use up to 31 of a-z, 0-9 and _, beginning with a letter", name)
	}
	return nil
}

// identity says whose a database is. It is made once and has one row.
const identity = `
	CREATE SCHEMA IF NOT EXISTS installation;
	CREATE TABLE IF NOT EXISTS installation.identity (
		only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
		id        uuid    NOT NULL,
		name      text    NOT NULL,
		restoring boolean NOT NULL DEFAULT false
	);
	COMMENT ON TABLE installation.identity IS 'Kept: for good, one row'`

// ErrRestoring says that a restore into the database was begun and not finished.
var ErrRestoring = errors.New("a restore into this database was not finished: run `propusk restore` again")

// claim makes the database the installation's, or refuses another's. It returns the installation's id.
func (d Database) claim(ctx context.Context, tx pgx.Tx) (id string, err error) {
	if err := CheckInstallation(d.Installation); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, identity); err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `INSERT INTO installation.identity (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
		uuid.New(), d.Installation)
	if err != nil {
		return "", err
	}
	var name string
	if err := tx.QueryRow(ctx, `SELECT id::text, name FROM installation.identity`).Scan(&id, &name); err != nil {
		return "", err
	}
	if name != d.Installation {
		return "", fmt.Errorf("this database belongs to the installation %q and PROPUSK_INSTALLATION is %q: "+
			"set that name, or give this installation a database of its own", name, d.Installation)
	}
	return id, nil
}

// roleMark is the comment by which an installation knows its roles.
func roleMark(id string) string { return "Propusk installation " + id }

// hasObjects says whether any database of the server has something of the role.
const hasObjects = `SELECT EXISTS (SELECT 1 FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass
	AND dbid <> 0 AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1))`

// createRole makes the service's role, or refuses one that another installation uses: its password would be changed
// and its tables opened.
func (d Database) createRole(ctx context.Context, tx pgx.Tx, id, service string) error {
	role := Role(d.Installation, service)
	var mark string
	err := tx.QueryRow(ctx, `SELECT coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = $1`,
		role).Scan(&mark)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return newRole(ctx, tx, role, roleMark(id), service)
	case err != nil:
		return err
	case mark != roleMark(id):
		// One whose database was dropped opens nothing any more: an installation is restored under its name.
		var used bool
		if err := tx.QueryRow(ctx, hasObjects, role).Scan(&used); err != nil {
			return err
		}
		if !used && mark != "" {
			return execQuoted(ctx, tx, `COMMENT ON ROLE %I IS %L`, role, roleMark(id))
		}
		return fmt.Errorf("the role %s of this PostgreSQL server belongs to another installation: give this one a name "+
			"of its own with PROPUSK_INSTALLATION", role)
	}
	return nil
}

// newRole makes a role together with its mark. Its search path is its own, since a pooler passes none on.
func newRole(ctx context.Context, tx pgx.Tx, role, mark, service string) error {
	_, err := tx.Exec(ctx, "CREATE ROLE "+ident(role)+" NOLOGIN; "+
		"ALTER ROLE "+ident(role)+" SET search_path = "+ident(service))
	if err != nil {
		return err
	}
	return execQuoted(ctx, tx, `COMMENT ON ROLE %I IS %L`, role, mark)
}

// adoptSchema takes the schema over from the role of the service's bare name, which owned it in installations made
// before roles carried a name. The old role goes once no database needs it.
func adoptSchema(ctx context.Context, tx pgx.Tx, role, service string) error {
	var old bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
		WHERE n.nspname = $1 AND r.rolname = $1)`, service).Scan(&old)
	if err != nil || !old {
		return err
	}
	_, err = tx.Exec(ctx, "GRANT "+ident(service)+" TO CURRENT_USER; REASSIGN OWNED BY "+ident(service)+" TO "+ident(role))
	if err != nil {
		return err
	}
	var needed bool
	err = tx.QueryRow(ctx, hasObjects, service).Scan(&needed)
	if err != nil || needed {
		return err
	}
	_, err = tx.Exec(ctx, "DROP ROLE "+ident(service))
	return err
}

// execQuoted lets Postgres quote a name (%I) and a value (%L): these statements take no parameters.
func execQuoted(ctx context.Context, tx pgx.Tx, format, name, value string) error {
	var statement string
	if err := tx.QueryRow(ctx, `SELECT format($1, $2::text, $3::text)`, format, name, value).Scan(&statement); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, statement)
	return err
}

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }
