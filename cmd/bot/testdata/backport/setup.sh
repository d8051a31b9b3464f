# The repositories of the scripts on bot backport: up is the project's, fork.git
# the person's, and work the clone of both. Dates are fixed, and so are ids.
set -e
export GIT_AUTHOR_DATE='2026-03-01T12:00:00+01:00' GIT_COMMITTER_DATE='2026-03-01T12:00:00+01:00'
git init -q -b main up
cd up
printf 'one\ntwo\nthree\nfour\nfive\n' >menu.txt
printf 'eggs\n' >eggs.txt
git add .
git commit -q -m 'Open'
for branch in 3.9 3.10 3.14; do git branch $branch; done
git switch -q -c 3.13
printf 'one\ntwo\nTHREE\nfour\nfive\n' >menu.txt
git commit -q -a -m 'Shout'
git switch -q -c 3.12 3.14
printf 'one\ntwo\nspam\nfour\nfive\n' >menu.txt
printf 'eggs\nspam\n' >eggs.txt
git commit -q -a -m 'Have spam already'
git switch -q main
printf 'one\ntwo\nspam\nfour\nfive\n' >menu.txt
printf 'eggs\nspam\n' >eggs.txt
git commit -q -a --author 'Terry Jones <terry@example.com>' -m 'gh-132001: Serve spam (#24680)

It was missing on the menu, see #24679.

Reviewed-by: Eric Idle <eric@example.com>'
git tag fix
cd ..
git init -q --bare fork.git
git clone -q up work
cd work
git remote rename origin upstream
git remote add origin ../fork.git
