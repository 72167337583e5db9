"""Privacy: personal codes, sealing, disclosure control and its audit.

Pure: knows no database, no web and no other package of the project. The parts, along the way of the data:

* `code`: the personal code and the keys that follow from it;
* `ballot`, `sealing`: what goes into a ballot, and how vault entries and ballots are sealed;
* `release`: what is published, and its JSON;
* `units`, `suppression`, `banding`, `disclosure`: from ballots to a release;
* `programs`, `isolation`, `worlds`, `audit`: the attack that a release has to withstand.
"""
