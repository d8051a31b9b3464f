.PHONY: check test long golden pictures cover format fuzz bench release

check: ## all that CI does
	.ci/run

test: ## each behavior once, in about a minute
	go test ./...

long: ## kills at each step, random histories at full length
	CONCORDE_TEST=long go test ./...

golden: ## plans of golden files, schemas and the generated parts of documents, written again
	CONCORDE_UPDATE=1 go test -count=1 -run 'Golden|Current' $$(grep -rl --include='*_test.go' -e 'suite\.Update()' -e 'suite\.Current(' -e 'suite\.File(' -e 'pulltest\.Golden' . | xargs -n1 dirname | sort -u)

pictures: ## those of docs/pictures, taken again in Chromium
	CONCORDE_TEST=long CONCORDE_PICTURES_OF_DOCS=1 go test -count=1 -run InABrowser ./cmd/bot

cover: ## statement coverage of each package by its own tests; make cover BEFORE=COMMIT compares
	.ci/cover $(BEFORE)

format:
	gofmt -w $$(git ls-files '*.go')

fuzz: ## a minute for each fuzz target
	for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime 60s $$package || exit 1; \
		done; \
	done

bench: ## the figures of docs/performance.md
	CONCORDE_TEST=full go test -run '^$$' -bench . -benchmem ./...

release: ## the files of a release, in dist: reproducible, for Linux and macOS
	.ci/release make dist
