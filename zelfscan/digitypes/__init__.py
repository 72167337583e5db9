"""The four digitypes: facets, simulation, classifier, evaluation; nothing here knows a web page or a database."""
