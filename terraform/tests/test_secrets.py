"""How secrets come into files on the machines, with a stand-in for Secrets Manager."""

import grp
import hashlib
import os
import stat
import unittest

from test_scripts import Scripts


class SecretsTest(Scripts):

    """The values are the files of the folder `values`; a secret without one can't be read."""

    def setUp(self):
        super().setUp()
        os.mkdir(os.path.join(self.folder, "values"))
        self.files = os.path.join(self.folder, "secrets")
        self.group = grp.getgrgid(os.getegid()).gr_name
        self.stand_in("aws", """
while [ "$1" != --secret-id ]; do shift; done
cat "$FOLDER/values/${2##*/}" 2>/dev/null && exit 0
echo "An error occurred (ResourceNotFoundException)" >&2
exit 254""")

    def put(self, name, text):
        with open(os.path.join(self.folder, "values", name), "w", encoding="utf-8") as file:
            file.write(text)

    def bring(self, *names):
        return self.run_script("secrets", "sluice-secrets", self.files, self.group, *["%s=town/gateway/%s" % (name, name) for name in names])

    def known(self):
        own = os.path.join(self.folder, "own")
        return self.run_script("gateways", "sluice-tokens", self.files, self.group, own)

    def text(self, name):
        with open(os.path.join(self.files, name), encoding="utf-8") as file:
            return file.read()

    def test_they_come_into_files_for_the_service_alone(self):
        self.put("key", "k1\n")
        self.put("certificate", "c1\n")
        result = self.bring("certificate", "key")
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertEqual(["k1\n", "c1\n"], [self.text("key"), self.text("certificate")])
        self.assertEqual(0o640, stat.S_IMODE(os.stat(os.path.join(self.files, "key")).st_mode))
        self.assertEqual(0o750, stat.S_IMODE(os.stat(self.files).st_mode))
        self.assertNotIn("k1", result.stdout + result.stderr)
        self.assertEqual({"key", "certificate", ".lock"}, set(os.listdir(self.files)))

    def test_a_new_value_takes_the_place_of_the_old_one_and_an_old_one_stays_as_it_is(self):
        self.put("key", "k1\n")
        self.put("certificate", "c1\n")
        self.bring("certificate", "key")
        before = os.stat(os.path.join(self.files, "certificate")).st_ino
        self.put("key", "k2\n")
        self.assertEqual("sluice-secrets: key is new\n", self.bring("certificate", "key").stdout)
        self.assertEqual("k2\n", self.text("key"))
        self.assertEqual(before, os.stat(os.path.join(self.files, "certificate")).st_ino)

    def test_one_without_a_value_is_named_and_others_come(self):
        self.put("certificate", "c1\n")
        result = self.bring("key", "certificate")
        self.assertEqual(1, result.returncode)
        self.assertIn("put-secret-value --secret-id town/gateway/key --secret-string file://FILE", result.stderr)
        self.assertEqual("c1\n", self.text("certificate"))

    def test_one_that_cannot_be_read_any_more_stays_as_it_was(self):
        self.put("key", "k1\n")
        self.bring("key")
        for text in (None, "None\n", " \n"):
            if text is None:
                os.remove(os.path.join(self.folder, "values", "key"))
            else:
                self.put("key", text)
            result = self.bring("key")
            self.assertEqual(0, result.returncode, result.stderr)
            self.assertIn("key stays as it was", result.stderr)
            self.assertEqual("k1\n", self.text("key"))

    def test_the_machine_s_own_token_is_added_once(self):
        self.put("tokens", "ops = sha256:%s *:admin" % ("a" * 64))
        self.bring("tokens")
        self.assertEqual(0, self.known().returncode)
        with open(os.path.join(self.folder, "own"), encoding="utf-8") as file:
            secret = file.read().strip()
        self.assertRegex(secret, "^sluice_[A-Za-z0-9_-]{43}$")
        self.assertEqual(0o600, stat.S_IMODE(os.stat(os.path.join(self.folder, "own")).st_mode))
        line = "machine_metrics = sha256:%s *:read" % hashlib.sha256(secret.encode()).hexdigest()
        self.assertEqual(["ops = sha256:%s *:admin" % ("a" * 64), line], self.text("known-tokens").split("\n")[:2])
        before = os.stat(os.path.join(self.files, "known-tokens")).st_ino
        self.assertEqual(0, self.known().returncode)
        self.assertEqual(before, os.stat(os.path.join(self.files, "known-tokens")).st_ino)
        self.put("tokens", "loader = sha256:%s *:write\n" % ("b" * 64))
        self.bring("tokens")
        self.known()
        self.assertNotIn("ops", self.text("known-tokens"))
        self.assertIn(line, self.text("known-tokens"))

    def test_without_tokens_the_machine_s_own_is_not_the_only_one(self):
        os.mkdir(self.files)
        self.assertNotEqual(0, self.known().returncode)
        self.assertFalse(os.path.exists(os.path.join(self.files, "known-tokens")))


if __name__ == "__main__":
    unittest.main()
