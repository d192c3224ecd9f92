quiz_house_prices = {1: "C", 2: "B", 3: "A", 4: "C", 5: "B", 6: "C", 7: "C", 8: "A", 9: "C", 10: "A"}
