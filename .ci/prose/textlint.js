// What `run` checks.
module.exports = {
  plugins: { "@textlint/markdown": true },
  rules: {
    "en-max-word-count": { max: 40 },
    terminology: { defaultTerms: false, terms: require("./terms.json") },
  },
};
