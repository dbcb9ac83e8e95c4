/* Which new passwords the server refuses as easy to guess (services/accounts/passwords.py); a test compares the two. */

const COMMON = new Set([
  "0123456789", "0987654321", "11223344", "112233445566", "123123123", "123321123", "12341234", "12345678",
  "123456789", "1234567890", "147258369", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qazxsw2", "87654321", "987654321",
  "a1b2c3d4", "aa123456", "abc12345", "abc123456", "abcd1234", "abcdefgh", "admin123", "admin1234", "administrator",
  "asdf1234", "asdfghjk", "asdfghjkl", "baseball", "basketball", "changeme", "changeme1", "computer", "dkssudgktpdy",
  "football", "iloveyou", "iloveyou1", "internet", "letmein1", "p@ssw0rd", "p@ssword", "passw0rd", "password",
  "password1", "password12", "password123", "password1234", "princess", "qwerty12", "qwerty123", "qwerty1234",
  "qwertyui", "qwertyuiop", "starwars", "sunshine", "superman", "trustno1", "welcome1", "welcome123", "whatever",
  "zaq12wsx", "zxcvbnm1", "zxcvbnm123",
]);
const AROUND = /^[0-9!?.,\-_*#@$%&+ ]+|[0-9!?.,\-_*#@$%&+ ]+$/g;

/** Nearly as Python folds a text: without letter case, and ß as ss. */
const fold = (text) => text.normalize("NFKC").toUpperCase().toLowerCase();

/** Whether it is a common one, one letter again and again, or one of the names with something around it. */
export function isGuessable(password, names) {
  const folded = fold(password);
  const words = names.filter((name) => [...name].length >= 3).map(fold);
  return COMMON.has(folded) || new Set(folded).size === 1 || words.includes(folded.replace(AROUND, ""));
}
