package rpc

import (
	"context"
	"errors"
	"io"
	"net"

	"google.golang.org/grpc/credentials"
)

// pipeInfo is what a pipe knows about its other end.
type pipeInfo struct {
	credentials.CommonAuthInfo
	name string
}

// AuthType names the authentication method.
func (pipeInfo) AuthType() string { return "pipe" }

// ServiceName is the dialling service.
func (p pipeInfo) ServiceName() string { return p.name }

// pipeCredentials are transport credentials for connections that never leave the process: the dialler states its
// name, which can be trusted because only this process can dial.
type pipeCredentials struct{ name string }

// PipeCredentials makes the credentials of one service for in-process connections.
func PipeCredentials(service string) credentials.TransportCredentials {
	return pipeCredentials{name: service}
}

var errLongName = errors.New("service name longer than 255 bytes")

// ClientHandshake sends the dialler's name, its length first.
func (c pipeCredentials) ClientHandshake(
	_ context.Context, _ string, conn net.Conn,
) (net.Conn, credentials.AuthInfo, error) {
	if len(c.name) > 255 {
		return nil, nil, errLongName
	}
	if _, err := conn.Write(append([]byte{byte(len(c.name))}, c.name...)); err != nil {
		return nil, nil, err
	}
	return conn, c.info(""), nil
}

// ServerHandshake reads the dialler's name.
func (c pipeCredentials) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	var size [1]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, nil, err
	}
	name := make([]byte, size[0])
	if _, err := io.ReadFull(conn, name); err != nil {
		return nil, nil, err
	}
	return conn, c.info(string(name)), nil
}

func (pipeCredentials) info(name string) pipeInfo {
	return pipeInfo{credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity}, name}
}

// Info describes the protocol.
func (pipeCredentials) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "pipe"}
}

// Clone copies the credentials.
func (c pipeCredentials) Clone() credentials.TransportCredentials { return c }

// OverrideServerName does nothing: a pipe has one end.
func (pipeCredentials) OverrideServerName(string) error { return nil }
