module github.com/grantry/grantry/crates/model/tests/go

go 1.19
